"""A schema told by what it differs in from another comes back exactly, also by way of the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_errorbudget.model.formats.plain import NotPlain
from pytest_errorbudget.model.formats.tenants_lock import read_tenants_lock, write_tenants_lock
from pytest_errorbudget.model.locked_tenants import LockedDatabase, LockedShape
from pytest_errorbudget.model.patch import Patch, Put, patch, patched
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.schema import (
    Column,
    CompositeField,
    CompositeType,
    Constraint,
    ConstraintKind,
    Domain,
    EnumType,
    Generated,
    Identity,
    Index,
    Reference,
    Relation,
    RelationKind,
    Schema,
)
from pytest_errorbudget.model.snapshot import Applied, Ledger, PartitionState, TenantState, VersionUnknown

names = st.sampled_from(["a", "b", "c", "d e", 'q"uote', "ü'\\", "x\n\x7f"])
schemas_of = st.sampled_from(["public", "other"])
types = st.builds(
    PgType,
    name=st.sampled_from(["int8", "numeric", "mood"]),
    schema=st.sampled_from(["pg_catalog", "public"]),
    modifiers=st.sampled_from([(), (12, 2)]),
    dimensions=st.integers(0, 1),
)
columns = st.builds(
    Column,
    name=names,
    type=types,
    not_null=st.booleans(),
    has_default=st.booleans(),
    default=st.none() | st.sampled_from(["'new'::state", "now()"]),
    base=st.none() | types,
    identity=st.none() | st.sampled_from(Identity),
    generated=st.none() | st.sampled_from(Generated),
)
indexes = st.builds(
    Index, name=names, columns=st.lists(names, max_size=2).map(tuple), unique=st.booleans(), valid=st.booleans()
)
constraints = st.builds(
    Constraint,
    name=names,
    kind=st.sampled_from(ConstraintKind),
    columns=st.lists(names, max_size=2).map(tuple),
    references=st.none() | st.builds(Reference, schemas_of, names, st.lists(names, max_size=2).map(tuple)),
    validated=st.booleans(),
)


def distinct(parts, key=lambda part: part.name, max_size=4):
    """Strategies of any part."""
    return st.lists(parts, unique_by=key, max_size=max_size)


relations = st.builds(
    Relation,
    schema=schemas_of,
    name=names,
    kind=st.sampled_from(RelationKind),
    columns=distinct(columns).map(tuple),
    indexes=distinct(indexes).map(lambda parts: tuple(sorted(parts, key=lambda part: part.name))),
    constraints=distinct(constraints).map(lambda parts: tuple(sorted(parts, key=lambda part: part.name))),
)
enums = st.builds(EnumType, schema=schemas_of, name=names, labels=st.lists(names, max_size=3).map(tuple))
domains = st.builds(Domain, schema=schemas_of, name=names, base=types, not_null=st.booleans())
members = st.builds(CompositeField, names, types)
composites = st.builds(CompositeType, schema=schemas_of, name=names, fields=st.lists(members, max_size=3).map(tuple))


def _full_name(part: Relation | EnumType | Domain | CompositeType) -> tuple[str, str]:
    return part.schema, part.name


def _sorted(parts):
    return distinct(parts, _full_name).map(lambda found: tuple(sorted(found, key=_full_name)))


schemas = st.builds(
    Schema,
    relations=_sorted(relations),
    enums=_sorted(enums),
    domains=_sorted(domains),
    composites=_sorted(composites),
)


@st.composite
def drifted(draw: st.DrawFn) -> tuple[Schema, Schema]:
    """A schema and one that was made of it: parts of both are equal, as those of a replay and a tenant are."""
    base, other = draw(schemas), draw(schemas)
    kept = {_full_name(r): r for r in base.relations if draw(st.integers(0, 3))}
    mixed = {_full_name(r): r for r in other.relations if draw(st.booleans())} | kept
    for name, relation in tuple(mixed.items()):
        if draw(st.booleans()) and relation.columns:
            moved = tuple(draw(st.permutations(relation.columns)))
            mixed[name] = replace(relation, columns=moved[draw(st.integers(0, 1)) :])
    return base, replace(other, relations=tuple(mixed[name] for name in sorted(mixed)))


thorough = settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))


@thorough
@given(drifted())
def test_a_schema_is_rebuilt_exactly(pair: tuple[Schema, Schema]) -> None:
    base, wanted = pair
    assert patched(base, patch(base, wanted)) == wanted


@thorough
@given(schemas)
def test_equal_schemas_have_nothing_to_tell(schema: Schema) -> None:
    assert patch(schema, schema) == Patch()


versions = st.builds(Applied, st.none() | names) | st.builds(VersionUnknown, names)
partitions = st.builds(
    PartitionState,
    table=names,
    partitions=st.lists(names, max_size=2).map(tuple),
    default=st.none() | names,
    unread=st.none() | names,
    exists=st.booleans(),
)


@thorough
@given(drifted(), versions, st.none() | st.lists(st.tuples(schemas_of, names), max_size=2).map(tuple), partitions)
def test_the_file_gives_back_what_was_written(
    pair: tuple[Schema, Schema],
    version: Applied | VersionUnknown,
    tables: tuple[tuple[str, str], ...] | None,
    partition: PartitionState,
) -> None:
    base, wanted = pair
    change = patch(base, wanted)
    shape = LockedShape(digest="9f3c" * 4, base="2", own=tables is None, tables=tables, patch=change)
    database = LockedDatabase(
        name='sh"op',
        read_on=date(2026, 3, 1),
        server_version=180004,
        tenants=(
            TenantState(tenant="acme/prod", version=version, shape=shape.digest, partitions=(partition,)),
            TenantState(tenant="globex", version=version, shape=None, unread="no answer"),
        ),
        shapes=(shape,),
        candidates=("old",),
        ledgers=(Ledger(tenants=("acme/prod",), checksums=(("1", "ff"), ("2", "00"))),),
    )
    (read,) = read_tenants_lock(write_tenants_lock((database,)))
    (read_shape,) = read.shapes
    assert patched(base, read_shape.patch) == wanted
    assert replace(read, shapes=(replace(read_shape, patch=change),)) == database
    assert write_tenants_lock((read,)) == write_tenants_lock((database,))


def test_the_text_has_one_fact_a_line() -> None:
    change = Patch(
        less=(("index", "public", "payments", "payments_invoice_id_idx"),),
        more=(
            Put(("column", "public", "payments"), Column(name="amount", type=PgType("int4"), not_null=True)),
            Put(("enum", "public"), EnumType(schema="public", name="state", labels=("new", "paid"))),
        ),
    )
    database = LockedDatabase(
        name="shop",
        read_on=date(2026, 3, 1),
        server_version=180004,
        tenants=(
            TenantState(tenant="globex", version=Applied(None), shape=None),
            TenantState(tenant="acme-prod", version=Applied("11"), shape="9f3c" * 4),
        ),
        shapes=(LockedShape(digest="9f3c" * 4, base="11", own=True, tables=None, patch=change),),
    )
    assert write_tenants_lock((database,)) == (
        "# Written by `pytest --errorbudget --errorbudget-update`, so that tenants are checked where no server is.\n"
        "version = 1\n"
        "\n"
        "[database.shop]\n"
        "read-on = 2026-03-01\n"
        "server = 180004\n"
        "candidates = []\n"
        "\n"
        "[database.shop.tenants]\n"
        'acme-prod = { version = "11", shape = "9f3c9f3c9f3c9f3c" }\n'
        "globex = {  }\n"
        "\n"
        "[database.shop.shapes.9f3c9f3c9f3c9f3c]\n"
        "own = true\n"
        'base = "11"\n'
        "less = [\n"
        '    ["index", "public", "payments", "payments_invoice_id_idx"],\n'
        "]\n"
        "more = [\n"
        '    [["column", "public", "payments"], '
        '{ name = "amount", type = { name = "int4" }, not_null = true }],\n'
        '    [["enum", "public"], { schema = "public", name = "state", labels = ["new", "paid"] }],\n'
        "]\n"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("version = 2\n", "its version is 2, not 1"),
        ("version = 1\ndatabase = 3\n", "3 is no table"),
        ('version = 1\n[database.x]\nread-on = "today"\n', "`read-on` of x is 'today', which is no day"),
        ("version = 1\n[database.x]\nread-on = 2026-03-01\nserver = true\ntenants = {}\n", "True is no int"),
        (
            "version = 1\n[database.x]\nread-on = 2026-03-01\nserver = 1\ncandidates = []\ntenants.a.shap = 'x'\n",
            "`shap` is nothing that a _Tenant has",
        ),
        (
            "version = 1\n[database.x]\nread-on = 2026-03-01\nserver = 1\ncandidates = []\ntenants = {}\n"
            "[database.x.shapes.a]\nown = true\nless = []\nmore = [[['column', 'a', 'b'], { name = 'x' }]]\n",
            "a Column without `type`",
        ),
        (
            "version = 1\n[database.x]\nread-on = 2026-03-01\nserver = 1\ncandidates = []\ntenants = {}\n"
            "[database.x.shapes.a]\nown = true\nless = []\nmore = [[['colum', 'a'], {}]]\n",
            "[['colum', 'a'], {}] is no part of a schema",
        ),
    ],
)
def test_what_is_no_such_file_is_refused(content: str, message: str) -> None:
    with pytest.raises(NotPlain) as refused:
        read_tenants_lock(content)
    assert str(refused.value) == message
