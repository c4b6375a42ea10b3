"""Laws over all rules: names decide nothing, order decides nothing, every finding has an item."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rust_types import rust

from pytest_errorbudget.checks.contracts import Scope, TenantShape, contract_findings, contract_items
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.facts import DatabaseFacts, QueryKey, QueryTyping, ShapeTyping
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.query_typing import ColumnRef, OutputColumn, Rejected, Typed
from pytest_errorbudget.model.rust import Field, Struct, StructRef
from pytest_errorbudget.model.rust_queries import Query, QueryCall
from pytest_errorbudget.model.schema import Column, Relation, RelationKind, Schema
from pytest_errorbudget.model.source import Span

RUST = ("i16", "i32", "i64", "f64", "String", "Option<i64>", "Vec<String>", "Mystery", "Uuid")
PG = ("int2", "int4", "int8", "float8", "text", "uuid", "jsonb")
CALLS = (QueryCall.QUERY_AS, QueryCall.QUERY_AS_MACRO)
NAMES = ("acme", "globex", "initech", "hooli", "umbrella")

columns = st.lists(st.tuples(st.sampled_from(PG), st.sampled_from([True, False, None])), min_size=1, max_size=3)
rows = st.lists(st.sampled_from(RUST), min_size=1, max_size=3)


@st.composite
def worlds(draw) -> tuple[Contracts, tuple[ShapeTyping, ...], tuple[TenantShape, ...]]:
    queries, structs = [], []
    for number in range(draw(st.integers(1, 3))):
        ref = StructRef("models.rs", f"Row{number}")
        fields = tuple(
            Field(name=f"c{n}", column=f"c{n}", type=rust(text), span=Span("models.rs", n + 1))
            for n, text in enumerate(draw(rows))
        )
        structs.append(
            Struct(name=ref.name, crate="c", module="", span=Span(ref.path, 1), derives=("FromRow",), fields=fields)
        )
        queries.append(
            Query(
                path="q.rs",
                function=f"f{number}",
                ordinal=1,
                crate="c",
                call=draw(st.sampled_from(CALLS)),
                span=Span("q.rs", number + 1),
                sql="SELECT",
                target=ref,
            )
        )
    shapes, typings = [], []
    for number in range(draw(st.integers(1, 3))):
        table = draw(columns)
        schema = Schema(
            relations=(
                Relation(
                    schema="public",
                    name="t",
                    kind=RelationKind.TABLE,
                    columns=tuple(Column(name=f"c{n}", type=PgType(kind)) for n, (kind, _) in enumerate(table)),
                ),
            )
        )
        typed = Typed(
            columns=tuple(
                OutputColumn(name=f"c{n}", type=PgType(kind), nullable=null, origin=ColumnRef("public", "t", f"c{n}"))
                for n, (kind, null) in enumerate(table)
            ),
            parameters=(),
        )
        verdicts = [
            draw(st.sampled_from([typed, None, Rejected(sqlstate="42P01", message="no table")])) for _ in queries
        ]
        shapes.append(TenantShape(digest=str(number), schema=schema, tenants=(NAMES[number],)))
        typings.append(
            ShapeTyping(
                shape=str(number),
                queries=tuple(
                    QueryTyping(query=QueryKey(q.path, q.function, 1), verdict=v)
                    for q, v in zip(queries, verdicts, strict=True)
                ),
            )
        )
    return Contracts(structs=tuple(structs), queries=tuple(queries)), tuple(typings), tuple(shapes)


def run(contracts, typings, shapes):
    scope = Scope(tenants=tuple(t for shape in shapes for t in shape.tenants), shapes=shapes)
    findings, unchecked = contract_findings(contracts, DatabaseFacts(name="d", typings=typings), scope)
    return findings, unchecked, contract_items(contracts, (scope,))


@given(worlds(), st.permutations(NAMES))
def test_renaming_tenants_renames_them_and_changes_nothing_else(world, names):
    contracts, typings, shapes = world
    new = dict(zip(NAMES, names, strict=True))
    renamed = tuple(replace(shape, tenants=tuple(new[t] for t in shape.tenants)) for shape in shapes)

    def essence(findings, naming):
        return sorted(
            (f.rule.id, f.severity.value, f.place, tuple(sorted(naming[t] for t in f.tenants)), f.consequence, f.help)
            for f in findings
        )

    def unchecked_essence(unchecked, naming):
        """Items end in their tenant: ``find[acme]``."""
        parts = [(u, [str(item).rstrip("]").rpartition("[") for item in u.items]) for u in unchecked]
        return sorted(
            (u.kind, u.place, u.reason, sorted((head, naming[tenant]) for head, _, tenant in ids)) for u, ids in parts
        )

    before, unchecked, _ = run(contracts, typings, shapes)
    after, unchecked_after, _ = run(contracts, typings, renamed)
    assert essence(before, new) == essence(after, {name: name for name in NAMES})
    assert unchecked_essence(unchecked, new) == unchecked_essence(unchecked_after, {name: name for name in NAMES})


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_the_facts_does_not_matter(world, random):
    contracts, typings, shapes = world
    before = run(contracts, typings, shapes)
    mixed = [list(part) for part in (contracts.structs, typings, shapes)]
    for part in mixed:
        random.shuffle(part)
    shuffled = replace(contracts, structs=tuple(mixed[0]))
    after = run(shuffled, tuple(mixed[1]), tuple(mixed[2]))

    def plain(findings):
        return [(f.rule.id, f.message, f.place, f.affected, sorted(map(str, f.labels))) for f in findings]

    assert plain(before[0]) == plain(after[0])
    assert before[1:] == after[1:]


@given(worlds())
def test_every_finding_fails_items_that_were_collected(world):
    findings, _, items = run(*world)
    failed: set[ItemId] = {item for finding in findings for item in finding.items}
    assert failed <= set(items)
