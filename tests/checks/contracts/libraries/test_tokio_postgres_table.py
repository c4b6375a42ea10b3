"""What tokio-postgres accepts."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes
from pytest_errorbudget.checks.contracts.libraries.tokio_postgres import TABLE, accepts
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.rust import Attribute, Field, RustEnum, RustType, Struct, Variant
from pytest_errorbudget.model.schema import Domain, Schema
from pytest_errorbudget.model.source import Span

HERE = Span("src/types.rs", 1)


def newtype(name: str, inner: str, words, *attributes: Attribute) -> Struct:
    return Struct(
        name=name,
        crate="c",
        module="",
        span=HERE,
        derives=("FromSql",),
        fields=(Field(name="0", column="0", type=words.rust(inner), span=HERE),),
        attributes=attributes,
    )


@pytest.mark.parametrize(("rust", "names"), TABLE.items())
def test_a_type_is_accepted_exactly_where_its_row_lists_it(rust, names):
    every = {name for row in TABLE.values() for name in row}
    taken = {name for name in every if isinstance(accepts(RustType(rust), PgType(name), OwnTypes()), Accepts)}
    assert taken == set(names)


@pytest.mark.parametrize(
    ("rust", "column", "answer"),
    [
        ("Option<i64>", "int8", Accepts()),
        ("&str", "public.citext", Accepts()),
        ("String", "public.ltree", Accepts()),
        ("Vec<i64>", "int8[]", Accepts()),
        ("Vec<i64>", "int4[]", Refuses("_int8")),
        ("Vec<u8>", "bytea", Accepts()),
        ("Vec<i64>", "int8", Refuses("an array")),
        ("i64", "int4", Refuses("int8")),
        ("u64", "int8", Refuses(None)),
        ("DateTime<Utc>", "timestamptz", Accepts()),
        ("DateTime<Utc>", "timestamp", Refuses("timestamptz")),
        ("DateTime", "timestamp", Accepts()),
        ("Timestamp", "timestamptz", Accepts()),
        ("SystemTime", "timestamp", Accepts()),
        ("IpAddr", "cidr", Refuses("inet")),
        ("HashMap<String, Option<String>>", "public.hstore", Accepts()),
        ("Mystery", "int8", NotKnown("postgres-types' own table has no `Mystery`")),
        ("BigDecimal", "numeric", NotKnown("postgres-types' own table has no `BigDecimal`")),
    ],
)
def test_rows_in_use(words, rust, column, answer):
    assert accepts(words.rust(rust), words.pg(column), OwnTypes()) == answer


def test_a_newtype_takes_its_inner_type_or_a_domain_of_its_name(words):
    schema = Schema(domains=(Domain(schema="public", name="Email", base=PgType("text")),))
    own = OwnTypes(structs={"Email": (newtype("Email", "String", words),)}, schema=schema)
    assert accepts(RustType("Email"), PgType("text"), own) == Accepts()
    assert accepts(RustType("Email"), PgType("Email", "public"), own) == Accepts()
    assert accepts(RustType("Email"), PgType("int8"), own) == Refuses("text")


def test_an_enum_is_known_by_its_exact_name(words):
    made = RustEnum(
        name="State",
        crate="c",
        module="",
        span=HERE,
        derives=("FromSql",),
        variants=(Variant(name="Open", labels=(("tokio-postgres", "open"),), span=HERE),),
        attributes=(Attribute(library="postgres", name="name", value="state"),),
    )
    own = OwnTypes(enums={"State": (made,)})
    assert accepts(RustType("State"), PgType("state", "public"), own) == Accepts()
    assert accepts(RustType("State"), PgType("State", "public"), own) == Refuses("state")
    assert accepts(words.rust("Vec<State>"), words.pg("public.state[]"), own) == Accepts()
