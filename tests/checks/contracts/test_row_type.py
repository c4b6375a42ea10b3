"""A value that does not fit the Rust type that reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_errorbudget.model.contracts import Crate, MacroOverride
from pytest_errorbudget.model.finding import Affected, Label, LabelKind
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.rust_queries import QueryCall
from pytest_errorbudget.model.schema import CompositeField, CompositeType
from pytest_errorbudget.model.source import Span

WIDENED = Span("migrations/0007_widen_amount.sql", 3)


def test_a_narrow_field_over_a_widened_column_names_the_tenant_the_field_the_query_and_the_migration(world, words):
    row = world.struct("Invoice", {"id": "i64", "amount_cents": "i32"})
    world.query(target=row)
    world.static = words.table({"id": "int8", "amount_cents": "int8"}, {"amount_cents": WIDENED})
    for tenant, kind in (("acme-prod", "int8"), ("globex", "int4")):
        columns = {"id": "int8", "amount_cents": kind}
        outputs = [words.output(name, type_) for name, type_ in columns.items()]
        world.shape(tenant, tenant, schema=words.table(columns), get_invoice=words.typed(*outputs))

    (finding,), unchecked = world.run()

    assert finding.message == (
        "tenant `acme-prod`: field `amount_cents: i32` reads `invoices.amount_cents`, which is `bigint`"
    )
    assert finding.consequence == (
        "Every row fails at run time with `sqlx::Error::ColumnDecode` (Rust type `i32`, as SQL type `INT4`, is not "
        "compatible with SQL type `INT8`; sqlx does not widen), so a 500 where a handler passes it on."
    )
    assert finding.help == (
        "other tenants have `integer` here: cast in the query (`amount_cents::bigint`) and read `i64`"
    )
    assert finding.place == "src/models.rs::Invoice.amount_cents"
    assert finding.affected == (Affected(ItemId("src/models.rs", "Invoice[acme-prod]"), "acme-prod"),)
    assert finding.labels == (
        Label(Span("src/models.rs", 3, 5), "does not fit `bigint`"),
        Label(Span("src/queries.rs", 11), "read by `get_invoice` here", LabelKind.CONTEXT),
        Label(WIDENED, "`invoices.amount_cents` is `bigint` since here", LabelKind.CONTEXT),
    )
    assert unchecked == ()


def test_a_wide_field_over_a_narrow_column_is_refused_at_run_time_too(world, words):
    world.query(target=world.struct("Invoice", {"amount_cents": "i64"}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("amount_cents", "int4")))
    assert world.reported() == [
        ("row-type", "tenant `acme`: field `amount_cents: i64` reads `invoices.amount_cents`, which is `integer`")
    ]


def test_the_same_fault_in_several_shapes_and_queries_is_one_finding(world, words):
    row = world.struct("Invoice", {"amount_cents": "i32"})
    world.query("get_invoice", target=row)
    world.query("list_invoices", target=row)
    typed = words.typed(words.output("amount_cents", "int8"))
    world.shape("a", "acme", "globex", get_invoice=typed, list_invoices=typed)
    world.shape("b", "initech", get_invoice=typed, list_invoices=typed)
    world.tenants = ("acme", "globex", "initech", "umbrella")

    (finding,), _ = world.run()

    assert finding.message == (
        "tenants `acme`, `globex` and `initech`: field `amount_cents: i32` reads `invoices.amount_cents`, which is "
        "`bigint`"
    )
    assert finding.tenants == ("acme", "globex", "initech")
    assert [str(label.span) for label in finding.labels] == [
        "src/models.rs:2:5",
        "src/queries.rs:11:1",
        "src/queries.rs:21:1",
    ]


def test_a_cast_that_one_tenant_does_not_need_is_one_finding_all_the_same(world, words):
    world.query(target=world.struct("Invoice", {"amount_cents": "i32"}))
    cast = words.output("amount_cents", "int8", of="amount_cents")
    world.shape("a", "acme", get_invoice=words.typed(words.output("amount_cents", "int8")))
    world.shape("b", "globex", get_invoice=words.typed(cast))
    assert world.reported() == [
        (
            "row-type",
            "both tenants: field `amount_cents: i32` reads the query's column `amount_cents`, which is `bigint`",
        )
    ]


def test_without_a_live_tenant_the_migrations_speak_and_every_listed_tenants_item_fails(world, words):
    world.query(target=world.struct("Invoice", {"amount_cents": "i32"}))
    world.shape(None, get_invoice=words.typed(words.output("amount_cents", "int8")))
    world.tenants = ("globex", "acme")
    (finding,), _ = world.run()
    assert finding.message == "field `amount_cents: i32` reads `invoices.amount_cents`, which is `bigint`"
    assert [(str(a.item), a.tenant) for a in finding.affected] == [
        ("src/models.rs::Invoice[acme]", None),
        ("src/models.rs::Invoice[globex]", None),
    ]


@pytest.mark.parametrize(
    ("field", "column", "found"),
    [
        ("Option<String>", "varchar", []),
        ("Vec<String>", "varchar[]", []),
        ("Vec<u8>", "bytea", []),
        ("Json<Settings>", "jsonb", []),
        ("Value", "json", []),
        ("NaiveDateTime", "timestamptz", ["row-type"]),
        ("DateTime<Utc>", "timestamptz", []),
        ("String", "public.mood", ["row-type"]),
        ("PgRange<i64>", "int8range", []),
        ("PgRange<i64>", "int4range", ["row-type"]),
        ("u32", "int4", ["row-type"]),
        ("Decimal", "numeric(6,2)", []),
        ("f64", "numeric", ["row-type"]),
    ],
)
def test_functions_follow_the_table(world, words, field, column, found):
    world.query(target=world.struct("Invoice", {"x": field}))
    nullable = field.startswith("Option")
    world.shape("a", "acme", get_invoice=words.typed(words.output("x", column, nullable)))
    assert [rule for rule, _ in world.reported()] == found


def test_an_unknown_type_is_counted_and_never_an_alarm(world, words):
    world.query(target=world.struct("Invoice", {"state": "InvoiceState"}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("state", "text")))
    findings, (unchecked,) = world.run()
    assert findings == ()
    assert (unchecked.kind, unchecked.place, unchecked.reason) == (
        "row-type",
        "src/models.rs::Invoice.state",
        "sqlx's own table has no `InvoiceState`",
    )


@pytest.mark.parametrize(
    ("options", "column", "found"),
    [
        ("transparent", "int8", []),
        ("transparent", "int4", ["row-type"]),
        ("type_name=invoice_id", "public.invoice_id", []),
        ("", "int8", ["row-type"]),
    ],
)
def test_newtypes_stand_for_what_their_derive_says(world, words, options, column, found):
    world.struct("InvoiceId", {"0": "i64"}, derives=("Type",), options=options)
    world.query(target=world.struct("Invoice", {"id": "InvoiceId"}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("id", column)))
    assert [rule for rule, _ in world.reported()] == found


@pytest.mark.parametrize(
    ("option", "column", "found"),
    [
        ("try_from=i64", "int8", []),
        ("try_from=i64", "int4", ["row-type"]),
        ("json", "jsonb", []),
        ("json", "text", ["row-type"]),
    ],
)
def test_field_attributes_change_the_decoded_type(world, words, option, column, found):
    world.query(target=world.struct("Invoice", {"x": "Money"}, of_fields={"x": option}))
    world.shape("a", "acme", get_invoice=words.typed(words.output("x", column)))
    assert [rule for rule, _ in world.reported()] == found


@pytest.mark.parametrize(
    ("field", "here", "migrated", "consequence"),
    [
        ("i64", "int4", "int4", None),
        ("i64", "int4", "int8", None),
        ("f64", "float4", "float4", None),
        ("Option<i64>", "int8", "int8", None),
        (
            "i32",
            "int8",
            "int8",
            "The macro does not compile against this schema: it decodes `bigint` as `i64`, and `i32` is not "
            "`From<i64>`. A program built before the column changed decodes without a type check: values that fit "
            "pass, and the first that does not fails.",
        ),
        (
            "i64",
            "int8",
            "int4",
            "The macro is compiled against the migrations (`integer`) and decodes `bigint` as `i32` without a type "
            "check: values that fit pass, and the first that does not fails.",
        ),
        (
            "i64",
            "timestamptz",
            "int8",
            "The macro is compiled against the migrations (`bigint`) and decodes `timestamp with time zone` as `i64` "
            "without a type check: the bytes are read as another value, without an error.",
        ),
    ],
)
def test_macros_convert_when_compiled_and_do_not_check_later(world, words, field, here, migrated, consequence):
    world.query(target=world.struct("Invoice", {"x": field}), call=QueryCall.QUERY_AS_MACRO)
    nullable = field.startswith("Option")
    world.shape("a", "acme", get_invoice=words.typed(words.output("x", here, nullable)))
    world.shape(None, get_invoice=words.typed(words.output("x", migrated, nullable)))
    assert [finding.consequence for finding in world.run()[0]] == ([] if consequence is None else [consequence])


def test_a_tenant_behind_is_not_blamed_for_a_macro_that_fits_its_own_column(world, words):
    world.query(target=world.struct("Invoice", {"x": "i32"}), call=QueryCall.QUERY_AS_MACRO)
    world.shape("a", "acme", get_invoice=words.typed(words.output("x", "int4")))
    world.shape(None, get_invoice=words.typed(words.output("x", "int8")))
    assert world.reported() == []


@pytest.mark.parametrize(
    ("override", "found"), [("x: i64", ["row-type"]), ("x: i32", []), ("x!: _", []), ("x: Cents", [])]
)
def test_an_override_is_taken_on_trust_by_the_macro_and_not_by_us(world, words, override, found):
    field = "i32" if override != "x: i64" else "i64"
    world.query(target=world.struct("Invoice", {"x": field}), call=QueryCall.QUERY_AS_MACRO)
    kind = "int4" if override != "x: i64" else "timestamptz"
    world.shape("a", "acme", get_invoice=words.typed(words.output(override, kind)))
    assert [rule for rule, _ in world.reported()] == found


def test_a_scalar_is_the_querys_own_item(world, words):
    world.query("count", call=QueryCall.QUERY_SCALAR, scalar="i32")
    world.shape("a", "acme", count=words.typed(words.output("count", "int8", of="-")))
    (finding,), _ = world.run()
    assert finding.message == "tenant `acme`: `count` reads the query's column `count`, which is `bigint`, into `i32`"
    assert finding.help == "change it to `i64`"
    assert [str(item) for item in finding.items] == ["src/queries.rs::count[acme]"]


def test_a_tuple_is_read_by_position(world, words):
    world.query("pair", scalar="(i64, String)")
    world.shape("a", "acme", pair=words.typed(words.output("id", "int8"), words.output("total", "numeric")))
    assert world.reported() == [
        ("row-type", "tenant `acme`: `pair` reads `invoices.total`, which is `numeric`, into `String`")
    ]


def test_flattened_structs_are_read_from_the_same_row_and_fail_the_outer_item(world, words):
    world.struct("Money", {"amount_cents": "i32"})
    row = world.struct("Invoice", {"id": "i64", "money": "Money"}, of_fields={"money": "flatten"}, path="src/rows.rs")
    world.query(target=row)
    world.shape("a", "acme", get_invoice=words.typed(words.output("id", "int8"), words.output("amount_cents", "int8")))
    (finding,), unchecked = world.run()
    assert finding.place == "src/models.rs::Money.amount_cents"
    assert [str(item) for item in finding.items] == ["src/rows.rs::Invoice[acme]"]
    assert unchecked == ()


@pytest.mark.parametrize("call", [QueryCall.QUERY_AS, QueryCall.QUERY_AS_UNCHECKED_MACRO])
def test_a_member_of_a_composite_type_that_does_not_fit(world, words, call):
    world.struct("Address", {"street": "String", "number": "i64"}, derives=("Type",), options="type_name=address")
    world.query(target=world.struct("Customer", {"home": "Address"}), call=call)
    members = (CompositeField("street", PgType("text")), CompositeField("number", PgType("int4")))
    schema = replace(
        words.schema(invoices={"home": "public.address"}),
        composites=(CompositeType(schema="public", name="address", fields=members),),
    )
    world.shape("a", "acme", schema=schema, get_invoice=words.typed(words.output("home", "public.address")))
    (finding,), _ = world.run()
    assert finding.message == "tenant `acme`: field `home: Address` reads `invoices.home`, which is `address`"
    assert finding.consequence == (
        "Every row fails at run time with `sqlx::Error::ColumnDecode` (its member `number`, as SQL type `INT8`, is not "
        "compatible with SQL type `INT4`), so a 500 where a handler passes it on."
    )


@pytest.mark.parametrize(
    ("override", "field", "found"),
    [
        (MacroOverride("uuid", "", "String"), "String", 0),
        (MacroOverride("public.invoices", "key", "String"), "String", 0),
        (MacroOverride("invoices", "other", "i64"), "Uuid", 0),
        (MacroOverride("uuid", "", "i64"), "String", 1),
    ],
)
def test_sqlx_toml_chooses_the_type_of_a_macro(world, words, override, field, found):
    crate = Crate(name="billing", manifest="", service=True, libraries=("sqlx",), files=(), overrides=(override,))
    world.crates.append(crate)
    world.query(target=world.struct("Invoice", {"key": field}), call=QueryCall.QUERY_AS_MACRO)
    world.shape(None, get_invoice=words.typed(words.output("key", "uuid")))
    findings = [finding for finding in world.run()[0] if "does not compile" in finding.consequence]
    assert len(findings) == found


@pytest.mark.parametrize(
    ("call", "rules"),
    [(QueryCall.QUERY_AS, []), (QueryCall.TOKIO_QUERY, ["row-type"])],
)
def test_sqlx_compares_no_type_where_a_column_is_always_null(world, words, call, rules):
    """``NULL AS valid_from`` is ``text`` for PostgreSQL; tokio-postgres compares it before it looks at the value."""
    if call is QueryCall.QUERY_AS:
        world.query(target=world.struct("Invoice", {"valid_from": "Option<i64>"}))
    else:
        world.query(call=call, reads=(("valid_from", "Option<i64>", True),))
    never = replace(words.output("valid_from", "text", True, of="-"), always_null=True)
    world.shape("a", "acme", get_invoice=words.typed(never))
    assert [rule for rule, _ in world.reported()] == rules


@pytest.mark.parametrize(
    ("uses", "reasons"), [((), []), (("model",), ["`Uuid` implements postgres-types' traits by hand"])]
)
def test_a_type_of_a_crate_that_is_not_used_is_not_meant(world, words, uses, reasons):
    """``uuid::Uuid``, beside a struct of that name in a crate that the service is not built from."""
    world.struct("Uuid", {"high": "u64", "low": "u64"}, derives=())
    world.structs = [replace(each, crate="model") for each in world.structs]
    world.crates = [
        Crate(name="billing", manifest="", service=True, libraries=(), files=(), uses=uses),
        Crate(name="model", manifest="", service=False, libraries=(), files=()),
    ]
    world.query(call=QueryCall.TOKIO_QUERY, reads=(("id", "Uuid", True),))
    world.shape("a", "acme", get_invoice=words.typed(words.output("id", "uuid")))
    findings, unchecked = world.run()
    assert findings == ()
    assert [each.reason for each in unchecked] == reasons


@pytest.mark.parametrize("kind", ["record", "record[]"])
def test_a_row_without_a_type_of_its_own_is_decoded_by_position(world, words, kind):
    """``(u.uid, u.name) AS "requester!: Requester"``: the macro compares no type."""
    world.struct("Requester", {"uid": "i64", "name": "String"}, derives=("Type",))
    target = "Vec<Requester>" if kind.endswith("[]") else "Requester"
    row = world.struct("Request", {"requester": target})
    world.query(call=QueryCall.QUERY_AS_MACRO, target=row)
    world.shape("a", "acme", get_invoice=words.typed(words.output(f"requester!: {target}", kind, of="-")))
    findings, unchecked = world.run()
    assert findings == ()
    assert "the members of a row without a type of its own are not compared" in {each.reason for each in unchecked}
