"""The items of the Rust contracts, known before any connection."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts import Scope, contract_items, without_schema
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rust_boundaries import FfiFunction, Side
from pytest_errorbudget.model.source import Span


def ids(items) -> list[str]:
    return [str(item) for item in items]


def filled(world):
    row = world.struct("Invoice", {"id": "i64"})
    world.struct("Unrelated", {"id": "i64"}, derives=("Serialize",))
    world.query("get_invoice", target=row)
    world.query("built", sql=None)
    world.handler("show")
    return world


def test_rows_queries_and_handlers_exist_for_each_tenant(world):
    filled(world).tenants = ("globex", "acme-prod")
    assert ids(world.items()) == [
        "src/http.rs::handler.show[acme-prod]",
        "src/http.rs::handler.show[globex]",
        "src/models.rs::Invoice[acme-prod]",
        "src/models.rs::Invoice[globex]",
        "src/queries.rs::built[acme-prod]",
        "src/queries.rs::built[globex]",
        "src/queries.rs::get_invoice[acme-prod]",
        "src/queries.rs::get_invoice[globex]",
    ]


def test_without_tenants_and_beyond_sixteen_they_exist_once(world):
    once = [
        "src/http.rs::handler.show",
        "src/models.rs::Invoice",
        "src/queries.rs::built",
        "src/queries.rs::get_invoice",
    ]
    assert ids(filled(world).items()) == once
    world.tenants = tuple(f"t{n}" for n in range(17))
    assert ids(world.items()) == once
    world.tenants = tuple(f"t{n}" for n in range(16))
    assert len(world.items()) == 16 * 4
    assert ids(contract_items(world.contracts, ())) == once


def test_beyond_sixteen_tenants_a_finding_fails_the_one_item_and_names_the_tenants(world, words):
    world.query(target=world.struct("Invoice", {"id": "i64"}))
    tenants = tuple(f"t{n:02}" for n in range(20))
    world.shape("a", *tenants[:5], get_invoice=words.typed(words.output("id", "int4")))
    world.shape("b", *tenants[5:], get_invoice=words.typed(words.output("id", "int8")))
    (finding,), _ = world.run()
    assert finding.message == (
        "5 of 20 tenants (`t00`, `t01`, `t02`, …): field `id: i64` reads `invoices.id`, which is `integer`"
    )
    assert ids(finding.items) == ["src/models.rs::Invoice"]
    assert finding.tenants == tenants[:5]


def test_a_database_has_the_items_of_its_crates_only(world):
    contracts = filled(world).contracts
    assert ids(contract_items(contracts, (Scope(tenants=("acme",), crates=("ingest",)),))) == []
    both = (Scope(tenants=("core/acme",), crates=("billing",)), Scope(tenants=("logs/acme",), crates=("ingest",)))
    assert ids(contract_items(contracts, both)) == [
        "src/http.rs::handler.show[core/acme]",
        "src/models.rs::Invoice[core/acme]",
        "src/queries.rs::built[core/acme]",
        "src/queries.rs::get_invoice[core/acme]",
    ]


def test_only_the_declaring_side_of_a_foreign_function_has_an_item():
    def function(path: str, side: Side) -> FfiFunction:
        return FfiFunction(
            path=path, symbol="go", side=side, crate="c", abi="C", parameters=(), result=None, span=Span(path, 1)
        )

    contracts = Contracts(ffi=(function("a.rs", Side.DECLARATION), function("b.rs", Side.DEFINITION)))
    assert ids(contract_items(contracts, ())) == ["a.rs::ffi.go"]


def test_where_no_schema_is_known_every_item_is_skipped_with_the_reason(world):
    filled(world).tenants = ("acme-prod",)
    items = world.items()
    assert list(without_schema(world.contracts, (world.scope,))) == [
        Unchecked("contract", str(item), "no migrations and no database to compare it with", None, (item,))
        for item in items
    ]


def test_what_another_database_checks_is_not_skipped(world):
    filled(world).shape(None)
    assert list(without_schema(world.contracts, (world.scope, Scope()))) == []
    assert list(without_schema(world.contracts, ())) == []
