"""A handler's payload field that is too small for the column behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_errorbudget.model.contracts import Crate
from pytest_errorbudget.model.finding import Affected, Label, LabelKind
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.rust import StructRef
from pytest_errorbudget.model.rust_boundaries import LostFlow
from pytest_errorbudget.model.source import Span

HTTP = "src/http.rs"
WIDENED = Span("migrations/0007_widen_amount.sql", 3)


def story(world, words, payload="i32", casts=(("i32", True),), deprecated=False, **columns):
    """The query casts to bigint, so the row is `i64` for every tenant; the payload field is older."""
    row = world.struct("InvoiceRow", {"amount_cents": "i64"})
    marks = {"amount": "deprecated"} if deprecated else {}
    dto = world.struct("InvoiceDto", {"amount": payload}, path=HTTP, derives=("Serialize",), of_fields=marks)
    world.query(target=row)
    world.flow(dto, "amount", row, "amount_cents", *casts)
    world.static = words.table({"amount_cents": "int8"}, {"amount_cents": WIDENED})
    read = words.output("amount_cents", "int8", of="amount_cents")
    for tenant, kind in columns.items():
        schema = words.table({"amount_cents": kind})
        world.shape(tenant, tenant.replace("_", "-"), schema=schema, get_invoice=words.typed(read))
    return dto


def test_the_tenant_that_was_migrated_is_told_about_its_handler(world, words):
    dto = story(world, words, deprecated=True, acme_prod="int8", globex="int4")
    world.handler("get_invoice", dto)

    (finding,), unchecked = world.run()

    assert finding.message == (
        "tenant `acme-prod`: handler `get_invoice` answers with deprecated `amount: i32`, but "
        "`invoices.amount_cents` is `bigint`"
    )
    assert finding.consequence == (
        "`as i32` wraps in silence: values past 2147483647 reach the client as other numbers, without an error."
    )
    assert finding.help == (
        "widen `amount` to `i64`, or answer with the value in a new field and keep this one while it fits"
    )
    assert finding.place == "src/http.rs::InvoiceDto.amount"
    assert finding.affected == (Affected(ItemId(HTTP, "handler.get_invoice[acme-prod]"), "acme-prod"),)
    assert finding.labels == (
        Label(Span(HTTP, 2, 5), "too small for `invoices.amount_cents`"),
        Label(Span(HTTP, 40, 9), "`as i32` wraps in silence", LabelKind.CONTEXT),
        Label(Span("src/queries.rs", 11), "`get_invoice` reads the column here", LabelKind.CONTEXT),
        Label(WIDENED, "`invoices.amount_cents` is `bigint` since here", LabelKind.CONTEXT),
    )
    assert unchecked == ()


@pytest.mark.parametrize(
    ("payload", "casts", "column", "consequence"),
    [
        ("i64", (), "int8", None),
        ("i32", (("i32", True),), "int4", None),
        ("f64", (("f64", True),), "int8", None),
        ("String", (), "int8", None),
        (
            "i32",
            (("i32", False),),
            "int8",
            "The conversion to `i32` fails for values that are past 2147483647: the handler answers with an error, or "
            "panics where the result is unwrapped.",
        ),
        (
            "i64",
            (("i16", True), ("i64", True)),
            "int4",
            "`as i16` wraps in silence: values past 32767 reach the client as other numbers, without an error.",
        ),
        ("Option<i32>", (), "int8", "Values that are past 2147483647 cannot reach the client as they are."),
        (
            "f32",
            (("f32", True),),
            "float8",
            "`as f32` rounds: the client gets another number, without an error.",
        ),
        ("i64", (("i64", False),), "numeric(6,0)", None),
    ],
)
def test_the_first_step_that_loses_decides(world, words, payload, casts, column, consequence):
    row = world.struct("Row", {"x": {"float8": "f64", "numeric(6,0)": "Decimal"}.get(column, "i64")})
    dto = world.struct("Dto", {"x": payload}, path=HTTP, derives=())
    world.query(target=row)
    world.flow(dto, "x", row, "x", *casts)
    world.handler("show", dto)
    kind = "int8" if column == "int4" else column
    read = words.output("x", kind, of="x")
    world.shape("a", "acme", schema=words.table({"x": column}), get_invoice=words.typed(read))
    assert [finding.consequence for finding in world.run()[0]] == ([] if consequence is None else [consequence])


def test_a_cast_in_the_query_that_narrows_fails_in_postgresql(world, words):
    row = world.struct("Row", {"x": "i32"})
    dto = world.struct("Dto", {"x": "i32"}, path=HTTP, derives=())
    world.query(target=row)
    world.flow(dto, "x", row, "x")
    world.handler("show", dto)
    read = words.output("x", "int4", of="x")
    world.shape("a", "acme", schema=words.table({"x": "int8"}), get_invoice=words.typed(read))
    (finding,), _ = world.run()
    assert finding.consequence == (
        "The query casts to `integer`: for values past 2147483647 PostgreSQL answers with SQLSTATE 22003, "
        "`sqlx::Error::Database`, so a 500 where a handler passes it on."
    )


def test_a_payload_inside_another_one_is_reached(world, words):
    dto = story(world, words, acme="int8")
    page = world.struct("Page", {"items": "Vec<InvoiceDto>", "next": "Option<String>"}, path=HTTP, derives=())
    world.handler("list_invoices", page)
    world.handler("get_invoice", dto)
    (finding,), _ = world.run()
    assert finding.message == (
        "tenant `acme`: handlers `list_invoices` and `get_invoice` answer with `amount: i32`, but "
        "`invoices.amount_cents` is `bigint`"
    )
    assert [str(item) for item in finding.items] == [
        "src/http.rs::handler.get_invoice[acme]",
        "src/http.rs::handler.list_invoices[acme]",
    ]


def test_a_handler_behind_two_routes_is_named_once(world, words):
    dto = story(world, words, acme="int8")
    world.handler("get_invoice", dto)
    world.handler("get_invoice", inputs=(dto,))
    (finding,), _ = world.run()
    assert finding.message == (
        "tenant `acme`: handler `get_invoice` answers with `amount: i32`, but `invoices.amount_cents` is `bigint`"
    )
    assert len(finding.affected) == 1


def test_a_payload_that_a_handler_only_takes(world, words):
    dto = story(world, words, acme="int8")
    world.handler("put_invoice", inputs=(dto,))
    (finding,), _ = world.run()
    assert finding.message == (
        "tenant `acme`: handler `put_invoice` takes `amount: i32`, but `invoices.amount_cents` is `bigint`"
    )


def test_a_payload_that_no_handler_reaches_stands_for_itself(world, words):
    story(world, words, acme="int8")
    (finding,), _ = world.run()
    assert finding.message == (
        "tenant `acme`: payload `InvoiceDto` holds `amount: i32`, but `invoices.amount_cents` is `bigint`"
    )
    assert [str(item) for item in finding.items] == ["src/http.rs::InvoiceDto[acme]"]
    assert set(finding.items) <= set(world.items())


def test_an_expression_is_not_followed(world, words):
    row = world.struct("Row", {"n": "i64"})
    dto = world.struct("Dto", {"n": "i32"}, path=HTTP, derives=())
    world.query(target=row)
    world.flow(dto, "n", row, "n", ("i32", True))
    world.shape("a", "acme", get_invoice=words.typed(words.output("n", "int8", of="-")))
    findings, (unchecked,) = world.run()
    assert findings == ()
    assert (unchecked.kind, unchecked.reason) == (
        "handler-narrowing",
        "the query's column `n` is not one column of a table",
    )


def test_an_expression_that_rust_does_not_narrow_needs_no_following(world, words):
    row = world.struct("Row", {"n": "i64"})
    dto = world.struct("Dto", {"n": "i64"}, path=HTTP, derives=())
    world.query(target=row)
    world.flow(dto, "n", row, "n")
    world.shape("a", "acme", get_invoice=words.typed(words.output("n", "int8", of="-")))
    assert world.run() == ((), ())


def test_a_lost_trail_is_counted():
    from pytest_errorbudget.checks.contracts.handler_narrowing import lost_flow

    span = Span(HTTP, 12)
    lost = LostFlow(payload=StructRef(HTTP, "Dto"), field="n", reason="it comes out of a function call", span=span)
    unchecked = lost_flow(lost)
    assert (unchecked.place, unchecked.reason, unchecked.span) == (
        "src/http.rs::Dto.n",
        "it comes out of a function call",
        span,
    )


def test_a_payload_of_another_program_is_not_filled_from_these_rows(world, words):
    """Both programs use a crate with the struct between them; only one of them reads the database."""
    dto = story(world, words, acme_prod="int8")
    world.handler("get_invoice", dto)
    world.structs = [replace(each, crate="driver") if each.name == "InvoiceDto" else each for each in world.structs]
    world.handlers = [replace(each, crate="driver") for each in world.handlers]
    world.crates = [
        Crate(name=name, manifest="", service=True, libraries=(), files=(), uses=("model",))
        for name in ("billing", "driver")
    ]
    assert world.reported() == []
