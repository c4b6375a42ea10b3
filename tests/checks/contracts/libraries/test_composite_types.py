"""Structs over composite types: sqlx reads their members by position, tokio-postgres by name."""

from __future__ import annotations

import pytest

from pytest_errorbudget.checks.contracts.libraries import sqlx_user_types, tokio_postgres
from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.own_types import OwnTypes
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.rust import Attribute, Field, Struct
from pytest_errorbudget.model.schema import CompositeField, CompositeType, Domain, Schema
from pytest_errorbudget.model.source import Span

HERE = Span("src/types.rs", 1)
ADDRESS = {"street": "text", "number": "int4"}
PLACE = {"street": "text", "spot": "public.spot"}
KIND = PgType("address", "public")


def struct(words, name: str, derive: str, fields: dict[str, str], *attributes: Attribute) -> Struct:
    made = tuple(Field(name=n, column=n, type=words.rust(t), span=HERE) for n, t in fields.items())
    return Struct(name=name, crate="c", module="", span=HERE, derives=(derive,), fields=made, attributes=attributes)


def composite(words, name: str, members: dict[str, str]) -> CompositeType:
    fields = tuple(CompositeField(n, words.pg(t)) for n, t in members.items())
    return CompositeType(schema="public", name=name, fields=fields)


def own(words, derive: str, fields: dict[str, str], members: dict[str, str], library: str, name: str) -> OwnTypes:
    named = Attribute(library=library, name=name, value="address")
    spot = Attribute(library=library, name=name, value="spot")
    schema = Schema(
        domains=(Domain(schema="public", name="email", base=PgType("text")),),
        composites=(composite(words, "address", members), composite(words, "spot", {"x": "int4"})),
    )
    structs = {
        "Address": (struct(words, "Address", derive, fields, named),),
        "Spot": (struct(words, "Spot", derive, {"x": "i32"}, spot),),
    }
    return OwnTypes(structs=structs, schema=schema)


@pytest.mark.parametrize(
    ("fields", "members", "answer"),
    [
        ({"street": "String", "number": "i32"}, ADDRESS, Accepts()),
        ({"road": "String", "no": "Option<i32>"}, ADDRESS, Accepts()),
        ({"street": "String"}, ADDRESS, Accepts()),
        ({"street": "String", "spot": "Spot"}, PLACE, Accepts()),
        (
            {"street": "String", "number": "i64"},
            ADDRESS,
            Refuses("address", "its member `number`, as SQL type `INT8`, is not compatible with SQL type `INT4`"),
        ),
        (
            {"street": "String", "number": "i32", "city": "String"},
            ADDRESS,
            Refuses("address", "no field `2` found on record"),
        ),
        (
            {"number": "String", "street": "String"},
            {"street": "text", "number": "text"},
            NotKnown("the members of `address` are read by position, and have other names there"),
        ),
        (
            {"street": "String"},
            {"street": "public.email"},
            NotKnown("`street`, a member of `address`: the server sends a domain as itself inside of a composite type"),
        ),
        (
            {"street": "Mystery"},
            ADDRESS,
            NotKnown("`street`, a member of `address`: sqlx's own table has no `Mystery`"),
        ),
    ],
)
def test_sqlx_reads_members_by_position(words, fields, members, answer):
    types = own(words, "Type", fields, members, "sqlx", "type_name")
    assert sqlx_user_types.accepts_any(words.rust("Address"), KIND, types) == answer
    assert sqlx_user_types.accepts_any(words.rust("Option<Address>"), KIND, types) == answer


def test_arrays_of_them_are_compared_member_by_member(words):
    array = words.pg("public.address[]")
    right = own(words, "Type", {"street": "String", "number": "i32"}, ADDRESS, "sqlx", "type_name")
    wrong = own(words, "Type", {"street": "i16"}, ADDRESS, "sqlx", "type_name")
    assert sqlx_user_types.accepts_any(words.rust("Vec<Address>"), array, right) == Accepts()
    because = "its member `street`, as SQL type `INT2`, is not compatible with SQL type `TEXT`"
    assert sqlx_user_types.accepts_any(words.rust("Vec<Address>"), array, wrong) == Refuses("address[]", because)


@pytest.mark.parametrize(
    ("fields", "members", "answer"),
    [
        ({"number": "i32", "street": "String"}, ADDRESS, Accepts()),
        ({"street": "String", "spot": "Option<Spot>"}, PLACE, Accepts()),
        ({"street": "String"}, ADDRESS, Refuses("address")),
        ({"road": "String", "number": "i32"}, ADDRESS, Refuses("address")),
        ({"street": "String", "number": "i64"}, ADDRESS, Refuses("address")),
        (
            {"street": "Mystery", "number": "i32"},
            ADDRESS,
            NotKnown("postgres-types' own table has no `Mystery`"),
        ),
    ],
)
def test_tokio_postgres_wants_the_same_members_by_name(words, fields, members, answer):
    types = own(words, "FromSql", fields, members, "postgres", "name")
    assert tokio_postgres.accepts(words.rust("Address"), KIND, types) == answer


def test_members_of_a_type_that_was_not_read_are_not_known(words):
    types = OwnTypes(structs={"Address": (struct(words, "Address", "Type", {"street": "String"}),)})
    reason = NotKnown("the members of the composite type `address` were not read")
    assert sqlx_user_types.accepts_any(words.rust("Address"), KIND, types) == reason
