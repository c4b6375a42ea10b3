//! Attributes: derives, what the libraries read, and what leaves code out of a build.

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Meta, Token};

use super::metas::{flat, inside, string};
use super::{diesel, name, sea_orm, segments};
use crate::ir::Name;
use crate::model::Attribute;

/// Every sqlx attribute that is emitted; `checks` says what each means.
pub const SQLX_ATTRIBUTES: [&str; 10] = [
    "default",
    "flatten",
    "json",
    "no_pg_array",
    "rename",
    "rename_all",
    "skip",
    "transparent",
    "try_from",
    "type_name",
];

/// What postgres-types' derives read.
const POSTGRES_ATTRIBUTES: [&str; 4] = ["allow_mismatch", "name", "rename_all", "transparent"];

/// The words of plain attributes that are emitted, by the name of the attribute around them.
const MAPPINGS: [(&str, &[&str]); 2] = [("postgres", &POSTGRES_ATTRIBUTES), ("sqlx", &SQLX_ATTRIBUTES)];

const INTEGERS: [&str; 10] = ["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize"];

/// Whether the item exists in test builds only: `#[cfg(test)]`, `#[cfg(all(test, ..))]`, `#[test]`, `#[x::test]`.
pub fn only_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        let test = path.segments.last().is_some_and(|last| last.ident == "test");
        test || (path.is_ident("cfg") && inside(&attribute.meta).iter().any(needs_test))
    })
}

fn needs_test(condition: &Meta) -> bool {
    match condition {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => inside(condition).iter().any(needs_test),
        _ => false,
    }
}

/// The last names of all derives, in the order of the source.
pub fn derives(attributes: &[syn::Attribute]) -> Vec<Name> {
    derive_paths(attributes).into_iter().filter_map(|mut path| path.pop()).collect()
}

/// All derives as they are written, in the order of the source.
pub fn derive_paths(attributes: &[syn::Attribute]) -> Vec<Vec<Name>> {
    let all = flat(attributes);
    let written = all.iter().filter(|meta| meta.path().is_ident("derive")).flat_map(inside);
    written.map(|meta| segments(meta.path())).collect()
}

/// The integer type of `#[repr(i32)]`.
pub fn integer(attributes: &[syn::Attribute]) -> Option<Name> {
    let all = flat(attributes);
    let mut written = all.iter().filter(|meta| meta.path().is_ident("repr")).flat_map(inside);
    written.find_map(|meta| Some(name(meta.path().get_ident()?)).filter(|name| INTEGERS.contains(&name.as_str())))
}

/// Attributes of a type, field or variant that say how it is mapped or used: the libraries', and Rust's `deprecated`.
pub fn mapping(attributes: &[syn::Attribute]) -> Vec<Attribute> {
    let metas = flat(attributes);
    let deprecated = metas.iter().any(|meta| meta.path().is_ident("deprecated"));
    let deprecated = deprecated.then(|| Attribute { library: "rust", name: "deprecated".into(), value: None });
    let plain = MAPPINGS.iter().flat_map(|(library, known)| words(&metas, library, known));
    let others = diesel::attributes(&metas).into_iter().chain(sea_orm::attributes(&metas));
    plain.chain(others).chain(deprecated).collect()
}

/// The known words of a library's attributes. The libraries themselves refuse or ignore words that they do not know.
fn words(metas: &[Meta], library: &'static str, known: &[&str]) -> Vec<Attribute> {
    let of_library = metas.iter().filter(|meta| meta.path().is_ident(library)).flat_map(inside);
    of_library
        .filter_map(|meta| {
            let name = name(meta.path().get_ident()?);
            known.contains(&name.as_str()).then(|| Attribute { library, name, value: value(&meta) })
        })
        .collect()
}

fn value(meta: &Meta) -> Option<Name> {
    match meta {
        Meta::Path(_) => None,
        Meta::List(list) => Some(list.tokens.to_string().into()),
        Meta::NameValue(pair) => string(&pair.value),
    }
}

/// `Some(value)` where the attribute is there: `name = "value"`, and `Some(None)` for the bare word.
pub fn named(attributes: &[syn::Attribute], wanted: &str) -> Option<Option<Name>> {
    flat(attributes).iter().find(|meta| meta.path().is_ident(wanted)).map(value)
}

/// Parses the arguments of a macro as expressions divided by commas.
pub fn expressions(tokens: proc_macro2::TokenStream) -> Option<Vec<Expr>> {
    Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens).ok().map(Vec::from_iter)
}
