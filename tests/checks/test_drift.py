"""Each tenant against the migrations at its own version: one message a rule, in full."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_errorbudget.checks.drift import drift_findings
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.formats.schema_digest import schema_digest
from pytest_errorbudget.model.migration import MigrationFailure, RealReplay, ReplayedVersion
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.schema import (
    Column,
    CompositeField,
    CompositeType,
    Constraint,
    ConstraintKind,
    Domain,
    EnumType,
    Index,
    Reference,
    Relation,
    RelationKind,
    Schema,
)
from pytest_errorbudget.model.settings import Database, MigrationScope, MigrationSettings
from pytest_errorbudget.model.snapshot import Applied, AppliedVersion, Shape, Snapshot, TenantState, VersionUnknown
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InSchema, Tenant

_INT, _BIGINT, _TEXT = PgType("int4"), PgType("int8"), PgType("text")
_ID = Column(name="id", type=_BIGINT, not_null=True, origin=Span("migrations/1_init.sql", 2, 5, 2, 7))
_AMOUNT = Column(
    name="amount_cents",
    type=_INT,
    not_null=True,
    has_default=True,
    default="0",
    origin=Span("migrations/1_init.sql", 3, 5, 3, 17),
)
_CUSTOMER = Column(name="customer", type=_TEXT, origin=Span("migrations/1_init.sql", 4, 5, 4, 13))
_INDEX = Index(name="invoices_customer_idx", columns=("customer",), origin=Span("migrations/1_init.sql", 6, 14, 6, 35))
_KEY = Constraint(
    name="invoices_pkey",
    kind=ConstraintKind.PRIMARY_KEY,
    columns=("id",),
    origin=Span("migrations/1_init.sql", 2, 5, 2, 7),
)
_LINK = Constraint(
    name="invoices_customer_fkey",
    kind=ConstraintKind.FOREIGN_KEY,
    columns=("customer",),
    references=Reference("public", "customers", ("name",)),
    origin=Span("migrations/1_init.sql", 5, 5),
)
_INVOICES = Relation(
    schema="public",
    name="invoices",
    kind=RelationKind.TABLE,
    columns=(_ID, _AMOUNT, _CUSTOMER),
    indexes=(_INDEX, Index(name="invoices_pkey", columns=("id",), unique=True, primary=True)),
    constraints=(_LINK, _KEY),
    origin=Span("migrations/1_init.sql", 1, 14, 1, 22),
)
_STATE = EnumType(
    schema="public", name="state", labels=("new", "paid"), origin=Span("migrations/1_init.sql", 8, 13, 8, 18)
)
_POINT = CompositeType(
    schema="public",
    name="point",
    fields=(CompositeField("x", _INT), CompositeField("y", _TEXT)),
    origin=Span("migrations/1_init.sql", 9, 13, 9, 18),
)
_FIRST = Schema(relations=(_INVOICES,), enums=(_STATE,), composites=(_POINT,))
_WIDE = replace(_AMOUNT, type=_BIGINT, origin=Span("migrations/2_widen.sql", 1, 35, 1, 47))
_SECOND = replace(_FIRST, relations=(replace(_INVOICES, columns=(_ID, _WIDE, _CUSTOMER)),))
_REPLAY = RealReplay(
    server_version=180006,
    versions=(ReplayedVersion(version="1", schema=_FIRST), ReplayedVersion(version="2", schema=_SECOND)),
)
_DATABASE = Database(
    name="core",
    url="env:CORE",
    migrations=MigrationSettings(path="migrations"),
    services=(),
    tenants=(Tenant("acme-prod", "core", None, InSchema("acme_prod")),),
    span=Span("errorbudget.toml", 1),
)


def _snapshot(*tenants: tuple[str, AppliedVersion, Schema]) -> Snapshot:
    digests = {schema_digest(schema): schema for _, _, schema in tenants}
    return Snapshot(
        database="core",
        server_version=180006,
        tenants=tuple(
            TenantState(tenant=name, version=version, shape=schema_digest(schema)) for name, version, schema in tenants
        ),
        shapes=tuple(Shape(digest=digest, schema=schema) for digest, schema in sorted(digests.items())),
    )


def _with(**changes: Any) -> Schema:
    return replace(_FIRST, relations=(replace(_INVOICES, **changes),))


def _text(finding: Finding) -> str:
    """A finding as one reads it."""
    head = f"{finding.severity.value}[{finding.rule.id}] {finding.place}: {finding.message}"
    labels = [f"{label.span}: {label.text}" for label in finding.labels]
    return "\n".join((head, *labels, finding.consequence, finding.help))


def _drift(actual: Schema, version: str = "1", replay: RealReplay = _REPLAY) -> list[str]:
    snapshot = _snapshot(("acme-prod", Applied(version), actual))
    findings, unchecked = drift_findings(_DATABASE, replay, snapshot, "errorbudget.toml")
    assert unchecked == ()
    return [_text(finding) for finding in findings if finding.rule.id != "tenant-behind"]


_CASES: dict[str, tuple[Schema, str]] = {
    "table-missing": (
        replace(_FIRST, relations=()),
        """\
error[table-missing] invoices: tenant acme-prod has no table `invoices`, which migration 1 has
migrations/1_init.sql:1:14: the table `invoices` is made here
Every query that names `invoices` fails with 42P01 (undefined table).
Make the table again, with its indexes and constraints, as the migrations do.""",
    ),
    "table-unexpected": (
        replace(_FIRST, relations=(_INVOICES, Relation(schema="public", name="old invoices", kind=RelationKind.TABLE))),
        """\
warning[table-unexpected] old invoices: tenant acme-prod has a table `old invoices` that migration 1 does not have
A migration that makes it later fails with 42P07 (duplicate table).
Write a migration that makes it, or remove it: drop table "old invoices";""",
    ),
    "column-missing": (
        _with(columns=(_ID, _CUSTOMER)),
        """\
error[column-missing] invoices.amount_cents: tenant acme-prod has no column `invoices.amount_cents`, \
which migration 1 has as `integer`
migrations/1_init.sql:3:5: `amount_cents` is made here
Every query that names `amount_cents` fails with 42703 (undefined column); a row struct that reads it behind \
`select *` fails with ColumnNotFound.
alter table invoices add column amount_cents integer default 0 not null;""",
    ),
    "column-unexpected": (
        _with(columns=(_ID, _AMOUNT, _CUSTOMER, Column(name="order", type=_INT))),
        """\
warning[column-unexpected] invoices.order: tenant acme-prod has a column `invoices.order` (`integer`) \
that migration 1 does not have
migrations/1_init.sql:1:14: `invoices` is made here, without `order`
A migration that adds it later fails with 42701 (duplicate column).
Write a migration that adds it, or remove it: alter table invoices drop column "order";""",
    ),
    "column-unexpected, not null": (
        _with(columns=(_ID, _AMOUNT, _CUSTOMER, Column(name="region", type=_TEXT, not_null=True))),
        """\
warning[column-unexpected] invoices.region: tenant acme-prod has a column `invoices.region` (`text`) \
that migration 1 does not have
migrations/1_init.sql:1:14: `invoices` is made here, without `region`
It is NOT NULL without a default: every INSERT that does not know it fails with 23502.
Write a migration that adds it, or remove it: alter table invoices drop column region;""",
    ),
    "column-type": (
        _with(columns=(_ID, replace(_AMOUNT, type=_BIGINT), _CUSTOMER)),
        """\
error[column-type] invoices.amount_cents: `invoices.amount_cents` is `bigint` in tenant acme-prod, \
and `integer` in migration 1
migrations/1_init.sql:3:5: `amount_cents` becomes `integer` here
sqlx does not convert at run time: a field that fits the one type fails on the other with ColumnDecode, \
a 500 for these tenants only.
alter table invoices alter column amount_cents type integer using amount_cents::integer;""",
    ),
    "column-type, domain": (
        replace(_FIRST, domains=(Domain(schema="public", name="email", base=_TEXT, not_null=True),)),
        """\
error[column-type] email: the domain `email` is `text` not null in tenant acme-prod, and missing in migration 1
Columns of this domain hold other values than the migrations allow.
Make the domain as the migrations do.""",
    ),
    "column-nullability, nullable": (
        _with(columns=(_ID, replace(_AMOUNT, not_null=False), _CUSTOMER)),
        """\
error[column-nullability] invoices.amount_cents: `invoices.amount_cents` is nullable in tenant acme-prod, \
and NOT NULL in migration 1
migrations/1_init.sql:3:5: `amount_cents` is NOT NULL since here
A field that is no `Option` fails with UnexpectedNull at the first row without a value.
alter table invoices alter column amount_cents set not null;""",
    ),
    "column-nullability, not null": (
        _with(columns=(_ID, _AMOUNT, replace(_CUSTOMER, not_null=True))),
        """\
error[column-nullability] invoices.customer: `invoices.customer` is NOT NULL in tenant acme-prod, \
and nullable in migration 1
migrations/1_init.sql:4:5: `customer` is nullable since here
A statement that leaves the column out or sets it to NULL fails with 23502 (not null violation).
alter table invoices alter column customer drop not null;""",
    ),
    "column-default": (
        _with(columns=(_ID, replace(_AMOUNT, has_default=False, default=None), _CUSTOMER)),
        """\
warning[column-default] invoices.amount_cents: `invoices.amount_cents` has no default in tenant acme-prod; \
in migration 1 it has the default `0`
migrations/1_init.sql:3:5: here `amount_cents` has the default `0`
An INSERT that leaves the column out fails with 23502 (not null violation).
alter table invoices alter column amount_cents set default 0;""",
    ),
    "index-missing": (
        _with(indexes=_INVOICES.indexes[1:]),
        """\
warning[index-missing] invoices.invoices_customer_idx: tenant acme-prod has no index `invoices_customer_idx` on \
`invoices` (customer), which migration 1 has
migrations/1_init.sql:6:14: `invoices_customer_idx` is made here
Queries that search `invoices` by these columns read the whole table.
create index concurrently invoices_customer_idx on invoices using btree (customer);""",
    ),
    "index-unexpected": (
        _with(indexes=(*_INVOICES.indexes, Index(name="once", columns=("customer",), unique=True))),
        """\
information[index-unexpected] invoices.once: tenant acme-prod has a unique index `once` on `invoices` (customer) \
that migration 1 does not have
migrations/1_init.sql:1:14: `invoices` is made here
Rows that other tenants accept fail here with 23505 (unique violation).
Write a migration that makes it, or remove it: drop index concurrently once;""",
    ),
    "constraint-missing": (
        _with(constraints=(_KEY,)),
        """\
warning[constraint-missing] invoices.invoices_customer_fkey: tenant acme-prod has no foreign key \
`invoices_customer_fkey` on `invoices` (customer) to `customers` (name), which migration 1 has
migrations/1_init.sql:5:5: `invoices_customer_fkey` is made here
Rows may point at nothing: a join loses them without an error.
alter table invoices add constraint invoices_customer_fkey foreign key (customer) references customers (name);""",
    ),
    "constraint-unexpected": (
        _with(constraints=(Constraint(name="some", kind=ConstraintKind.CHECK, columns=("id",)), _LINK, _KEY)),
        """\
warning[constraint-unexpected] invoices.some: tenant acme-prod has a check `some` on `invoices` (id) \
that migration 1 does not have
migrations/1_init.sql:1:14: `invoices` is made here
Rows that other tenants accept are refused here (SQLSTATE class 23).
Write a migration that adds it, or remove it: alter table invoices drop constraint "some";""",
    ),
    "composite-fields": (
        replace(_FIRST, composites=(replace(_POINT, fields=_POINT.fields[:1]),)),
        """\
error[composite-fields] point: the composite type `point` is (x integer) in tenant acme-prod, \
and (x integer, y text) in migration 1
migrations/1_init.sql:9:13: `point` gets its members here
sqlx and diesel read the members by position and tokio-postgres by name and number: the row of a tenant that has \
others fails to decode, or gives a member the value of another.
alter type point add attribute y text;""",
    ),
    "composite-fields, more": (
        replace(_FIRST, composites=(replace(_POINT, fields=(*_POINT.fields, CompositeField("z", _INT))),)),
        """\
error[composite-fields] point: the composite type `point` is (x integer, y text, z integer) in tenant acme-prod, \
and (x integer, y text) in migration 1
migrations/1_init.sql:9:13: `point` gets its members here
sqlx and diesel read the members by position and tokio-postgres by name and number: the row of a tenant that has \
others fails to decode, or gives a member the value of another.
alter type point drop attribute z;""",
    ),
    "composite-fields, missing": (
        replace(_FIRST, composites=()),
        """\
error[composite-fields] point: the composite type `point` is missing in tenant acme-prod; migration 1 has it
migrations/1_init.sql:9:13: `point` gets its members here
sqlx and diesel read the members by position and tokio-postgres by name and number: the row of a tenant that has \
others fails to decode, or gives a member the value of another.
create type point as (x integer, y text);""",
    ),
    "enum-labels": (
        replace(_FIRST, enums=(replace(_STATE, labels=("new", "void")),)),
        """\
error[enum-labels] state: the enum `state` lacks 'paid' and has 'void' besides in tenant acme-prod, against migration 1
migrations/1_init.sql:8:13: `state` gets its labels here
A label that the one side does not know fails: 22P02 when it is written, ColumnDecode when it is read.
alter type state add value 'paid' after 'new';""",
    ),
    "enum-labels, order": (
        replace(_FIRST, enums=(replace(_STATE, labels=("paid", "new")),)),
        """\
error[enum-labels] state: the enum `state` sorts its labels as 'paid', 'new' in tenant acme-prod, against migration 1
migrations/1_init.sql:8:13: `state` gets its labels here
A label that the one side does not know fails: 22P02 when it is written, ColumnDecode when it is read.
Write a migration for the other labels: PostgreSQL cannot remove a label from an enum.""",
    ),
}


@pytest.mark.parametrize("case", _CASES)
def test_each_rule_says_what_where_and_what_to_do(case: str) -> None:
    actual, text = _CASES[case]
    assert _drift(actual) == [text]


@pytest.mark.parametrize(
    "actual",
    [
        _FIRST,
        _with(indexes=(replace(_INDEX, name="another_name"), _INVOICES.indexes[1])),
        _with(constraints=(replace(_LINK, name="other_fkey"), _KEY)),
        _with(columns=(_CUSTOMER, _AMOUNT, _ID)),
        _with(
            constraints=(_LINK, replace(_KEY, name="pk")),
            indexes=(_INDEX, replace(_INVOICES.indexes[1], name="pk")),
        ),
    ],
    ids=["equal", "index by another name", "key by another name", "order of columns", "primary key by another name"],
)
def test_what_makes_no_difference_is_no_drift(actual: Schema) -> None:
    assert _drift(actual) == []


def test_a_tenant_is_compared_with_its_own_version() -> None:
    snapshot = _snapshot(("acme-prod", Applied("2"), _SECOND), ("globex", Applied("1"), _FIRST))
    findings, unchecked = drift_findings(_DATABASE, _REPLAY, snapshot, "errorbudget.toml")
    assert unchecked == ()
    assert [_text(finding) for finding in findings] == [
        "information[tenant-behind] 1: tenant globex is 1 migration behind: 1 is applied, the newest is 2\n"
        "The service runs against the older schema for these tenants until they are migrated.\n"
        "Apply the migrations up to 2 to them."
    ]


def test_version_skew_is_one_finding_a_version_and_drift_one_a_shape() -> None:
    wide = _with(columns=(_ID, replace(_AMOUNT, type=_BIGINT), _CUSTOMER))
    names = ("a", "b", "c", "d", "e", "f", "g")
    snapshot = _snapshot(*((name, Applied("1"), wide if name in "ab" else _FIRST) for name in names))
    findings, _ = drift_findings(_DATABASE, _REPLAY, snapshot, "errorbudget.toml")
    assert [(finding.rule.id, finding.tenants) for finding in findings] == [
        ("column-type", ("a", "b")),
        ("tenant-behind", names),
    ]
    assert [str(item) for item in findings[0].items] == [
        "errorbudget.toml::schema[a]",
        "errorbudget.toml::schema[b]",
    ]
    assert findings[1].message == (
        "tenants a, b, c, d, e and 2 more are 1 migration behind: 1 is applied, the newest is 2"
    )


def test_a_tenant_without_migrations_is_behind_by_all_of_them() -> None:
    snapshot = _snapshot(("new", Applied(None), Schema()))
    findings, _ = drift_findings(_DATABASE, _REPLAY, snapshot, "errorbudget.toml")
    assert [finding.message for finding in findings] == [
        "tenant new is 2 migrations behind: none is applied, the newest is 2"
    ]


def test_a_tenant_ahead_is_told_so_and_not_compared() -> None:
    snapshot = _snapshot(("acme-prod", Applied("9"), _SECOND))
    findings, unchecked = drift_findings(_DATABASE, _REPLAY, snapshot, "errorbudget.toml")
    assert [_text(finding) for finding in findings] == [
        "warning[tenant-ahead] 9: tenant acme-prod has applied the migration 9, which is not among the files "
        "(their newest is 2)\n"
        "What the schema of these tenants should be is not known here, so it was not compared.\n"
        "Merge the branch that holds this migration, or check out the version of the repository that is deployed."
    ]
    assert unchecked == (Unchecked("tenant schema", "acme-prod", "its migration 9 is not among the files"),)


def test_an_unknown_version_is_compared_with_the_newest_and_counted() -> None:
    snapshot = _snapshot(("acme-prod", VersionUnknown("this role may not read the table _sqlx_migrations"), _FIRST))
    findings, unchecked = drift_findings(_DATABASE, _REPLAY, snapshot, "errorbudget.toml")
    assert [finding.message for finding in findings] == [
        "`invoices.amount_cents` is `integer` in tenant acme-prod, and `bigint` in the newest migration"
    ]
    assert [str(label.span) for label in findings[0].labels] == ["migrations/2_widen.sql:1:35"]
    assert unchecked == (Unchecked("tenant version", "acme-prod", "this role may not read the table _sqlx_migrations"),)


def test_versions_behind_a_failed_migration_are_not_compared() -> None:
    failure = MigrationFailure(span=Span("migrations/3_x.sql", 1), sqlstate="42704", message="no such type")
    snapshot = _snapshot(("acme-prod", Applied("3"), _SECOND))
    findings, unchecked = drift_findings(_DATABASE, replace(_REPLAY, failure=failure), snapshot, "errorbudget.toml")
    assert findings == ()
    assert unchecked == (Unchecked("tenant schema", "acme-prod", "the migrations stop before 3: no such type"),)


def test_what_lies_outside_of_the_tenants_schema_is_counted() -> None:
    shared = Relation(schema="billing", name="plans", kind=RelationKind.TABLE)
    part = Relation(schema="public", name="invoices_2026", kind=RelationKind.PARTITION)
    replay = RealReplay(
        server_version=180006,
        versions=(ReplayedVersion(version="1", schema=replace(_FIRST, relations=(shared, _INVOICES))),),
    )
    snapshot = _snapshot(("acme-prod", Applied("1"), replace(_FIRST, relations=(_INVOICES, part))))
    assert drift_findings(_DATABASE, replay, snapshot, "errorbudget.toml") == (
        (),
        (
            Unchecked(
                "partitions",
                "tenant acme-prod",
                "1 partition was not compared: partitions come and go while the service runs",
            ),
            Unchecked("relation", "billing.plans", "it lies outside of the tenants' own schemas"),
        ),
    )


def test_shared_migrations_say_nothing_of_the_tenants_own_schemas() -> None:
    database = replace(_DATABASE, migrations=MigrationSettings(path="migrations", scope=MigrationScope.SHARED))
    snapshot = _snapshot(("acme-prod", Applied("1"), Schema()))
    assert drift_findings(database, _REPLAY, snapshot, "errorbudget.toml") == (
        (),
        (
            Unchecked(
                "tenant schema",
                "acme-prod",
                "the migrations in migrations build a schema that the tenants share",
            ),
        ),
    )


def test_renaming_a_tenant_changes_nothing_but_its_name() -> None:
    wide = _with(columns=(_ID, replace(_AMOUNT, type=_BIGINT), _CUSTOMER))
    texts = []
    for name in ("acme-prod", "renamed"):
        findings, _ = drift_findings(_DATABASE, _REPLAY, _snapshot((name, Applied("1"), wide)), "errorbudget.toml")
        texts.append([_text(finding).replace(name, "TENANT") for finding in findings])
    assert texts[0] == texts[1]
