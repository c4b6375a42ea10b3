"""Structs, FFI boundaries and modules of small crates."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.model.contracts import Contracts, Crate, Unread
from pytest_errorbudget.model.rust import Attribute, Field, RustType, Struct
from pytest_errorbudget.model.rust_boundaries import Side
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers import _rust
from pytest_errorbudget.readers.rust import read_contracts


def read(root: Path, services: tuple[str, ...] = (), **files: str) -> Contracts:
    """A package `app`; ``main`` is ``src/main.rs``, ``a__b`` is ``src/a/b.rs``."""
    texts = {f"src/{name.replace('__', '/')}.rs": text for name, text in files.items()}
    texts["Cargo.toml"] = '[package]\nname = "app"\n[dependencies]\nsqlx = "0.9"\n'
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    contracts, problems = read_contracts(root, "Cargo.toml", services)
    assert problems == ()
    return contracts


def test_a_row_struct_in_full(tmp_path: Path) -> None:
    source = (
        "use chrono::{DateTime as At, Utc};\n"
        "type Cents = i64;\n"
        "#[derive(Debug, sqlx::FromRow)]\n"
        '#[sqlx(rename_all = "camelCase")]\n'
        "pub struct Invoice {\n"
        '    #[sqlx(rename = "type", default)]\n'
        "    pub r#type: Option<String>,\n"
        "    amount_cents: Cents,\n"
        "    paid_at: At<Utc>,\n"
        "}\n"
    )
    path = "src/main.rs"
    assert read(tmp_path, main=source).structs == (
        Struct(
            name="Invoice",
            crate="app",
            module="",
            span=Span(path, 5, 12, 5, 19),
            derives=("Debug", "FromRow"),
            attributes=(Attribute(library="sqlx", name="rename_all", value="camelCase"),),
            fields=(
                Field(
                    name="type",
                    column="type",
                    type=RustType("Option", (RustType("String", (), "String"),), "Option<String>"),
                    span=Span(path, 7, 9, 7, 31),
                    attributes=(
                        Attribute(library="sqlx", name="rename", value="type"),
                        Attribute(library="sqlx", name="default"),
                    ),
                ),
                Field(
                    name="amount_cents",
                    column="amountCents",
                    type=RustType("i64", (), "Cents"),
                    span=Span(path, 8, 5, 8, 24),
                ),
                Field(
                    name="paid_at",
                    column="paidAt",
                    type=RustType("DateTime", (RustType("Utc", (), "Utc"),), "At<Utc>"),
                    span=Span(path, 9, 5, 9, 21),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("&'static str", "&<str>"),
        ("&mut [u8]", "&mut<[]<u8>>"),
        ("*const c_void", "*const<c_void>"),
        ("[u8; 4]", "[;]<u8, 4>"),
        ("(i64, String)", "()<i64, String>"),
        ("fn(u8) -> i32", "fn<u8, i32>"),
        ("std::collections::HashMap<String, Vec<i32>>", "HashMap<String, Vec<i32>>"),
        ("Result<u8>", "Result<u8, Failure>"),
        ("Box<dyn Send>", "Box<dyn>"),
        ("UserId", "UserId"),
    ],
)
def test_the_shape_of_types(tmp_path: Path, written: str, shape: str) -> None:
    source = f"type Result<T> = std::result::Result<T, Failure>; struct UserId(i64); struct Row {{ field: {written} }}"
    (row,) = read(tmp_path, main=source).structs
    assert shown(row.fields[0].type) == shape
    assert row.fields[0].type.text == written


def shown(type: RustType) -> str:
    return type.path + (f"<{', '.join(map(shown, type.arguments))}>" if type.arguments else "")


def test_two_structs_of_one_name_carry_their_module(tmp_path: Path) -> None:
    source = "struct Row { a: u8 } mod v1 { struct Row { b: u8 } } mod v2 { struct Other { c: u8 } }"
    assert [(s.name, s.module) for s in read(tmp_path, main=source).structs] == [
        ("Row", ""),
        ("v1::Row", "v1"),
        ("Other", "v2"),
    ]


def test_newtypes_that_sqlx_reads_are_structs_of_one_field(tmp_path: Path) -> None:
    source = "#[derive(sqlx::Type)] #[sqlx(transparent)] struct Id(i64);\n#[derive(FromRow)] struct Pair(i64, i32);"
    (newtype,) = read(tmp_path, main=source).structs
    assert (newtype.name, newtype.fields[0].name, newtype.fields[0].type.path) == ("Id", "0", "i64")


def test_a_deprecated_field_says_so(tmp_path: Path) -> None:
    (struct,) = read(tmp_path, main='struct Dto { #[deprecated(note = "v1")] amount: i32, other: i64 }').structs
    assert [field.attributes for field in struct.fields] == [(Attribute(library="rust", name="deprecated"),), ()]


def test_every_attribute_that_is_given_is_known_by_name() -> None:
    names = _rust.sqlx_attributes()
    assert names == sorted(set(names))
    assert {"rename", "default", "flatten", "skip", "try_from", "json"} < set(names)


def test_files_come_from_the_module_tree(tmp_path: Path) -> None:
    contracts = read(
        tmp_path,
        main='mod a; mod b { mod c; } #[path = "odd/name.rs"] mod d; #[cfg(test)] mod tests; mod gone;',
        a="mod inner;",
        a__inner="struct Inner { a: u8 }",
        b__c__mod="mod deep;",
        b__c__deep="struct Deep { a: u8 }",
        odd__name="mod beside;",
        odd__beside="struct Beside { a: u8 }",
        tests="struct Test { a: u8 }",
        stray="struct Stray { a: u8 }",
    )
    assert contracts.crates == (
        Crate(
            name="app",
            manifest="Cargo.toml",
            service=True,
            libraries=("sqlx",),
            files=(
                "src/a.rs",
                "src/a/inner.rs",
                "src/b/c/deep.rs",
                "src/b/c/mod.rs",
                "src/main.rs",
                "src/odd/beside.rs",
                "src/odd/name.rs",
            ),
            features=(("sqlx", "default"),),
        ),
    )
    assert [(s.name, s.module) for s in contracts.structs] == [
        ("Inner", "a::inner"),
        ("Deep", "b::c::deep"),
        ("Beside", "d::beside"),
    ]
    assert contracts.gaps == (
        Unread(
            span=Span("src/main.rs", 1, 80, 1, 89),
            reason="the file of this module is missing: `src/gone.rs` or `src/gone/mod.rs`",
        ),
    )


def test_code_for_tests_is_left_out(tmp_path: Path) -> None:
    source = """
        #[cfg(test)] struct A { a: u8 }
        #[cfg(all(test, feature = "x"))] mod m { struct B { a: u8 } }
        #[cfg(feature = "x")] struct C { a: u8 }
        #[tokio::test] async fn t() { sqlx::query!("select 1"); }
    """
    contracts = read(tmp_path, main=source)
    assert [s.name for s in contracts.structs] == ["C"]
    assert contracts.queries == ()


def test_boundaries(tmp_path: Path) -> None:
    source = """
        use std::os::raw::c_int;
        type Code = c_int;
        unsafe extern "C" { fn eb_add(a: *const u8, n: usize, ...) -> Code; #[link_name = "real"] fn alias(); }
        #[no_mangle] pub extern "C" fn eb_first(a: u8) -> i64 { 0 }
        #[unsafe(no_mangle)] pub fn eb_second() {}
        struct S; impl S { #[export_name = "eb_third"] pub extern "system" fn third(x: &S) -> () {} }
        pub extern "C" fn not_exported() {}
    """
    ffi = read(tmp_path, main=source).ffi
    found = [
        (f.symbol, f.side, f.abi, [shown(type) for type, _ in f.parameters], f.result and shown(f.result), f.variadic)
        for f in ffi
    ]
    assert found == [
        ("eb_add", Side.DECLARATION, "C", ["*const<u8>", "usize"], "c_int", True),
        ("real", Side.DECLARATION, "C", [], None, False),
        ("eb_first", Side.DEFINITION, "C", ["u8"], "i64", False),
        ("eb_second", Side.DEFINITION, "Rust", [], None, False),
        ("eb_third", Side.DEFINITION, "system", ["&<S>"], None, False),
    ]
    assert ffi[0].parameters[1][1] == Span("src/main.rs", 4, 56, 4, 61)
