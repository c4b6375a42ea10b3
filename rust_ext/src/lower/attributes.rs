//! Attributes: derives, what sqlx reads, and what leaves code out of a build.

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Meta, Token};

use super::{diesel, name, sea_orm, segments};
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

type Metas = Punctuated<Meta, Token![,]>;

pub(super) fn inside(meta: &Meta) -> Vec<Meta> {
    match meta {
        Meta::List(list) => list.parse_args_with(Metas::parse_terminated).map(Vec::from_iter).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The attributes with those of `cfg_attr` and `unsafe(..)` among them.
pub(super) fn flat(attributes: &[syn::Attribute]) -> Vec<Meta> {
    attributes
        .iter()
        .flat_map(|attribute| match &attribute.meta {
            meta if meta.path().is_ident("cfg_attr") => inside(meta).into_iter().skip(1).collect(),
            meta if meta.path().is_ident("unsafe") => inside(meta),
            meta => vec![meta.clone()],
        })
        .collect()
}

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
pub fn derives(attributes: &[syn::Attribute]) -> Vec<String> {
    flat(attributes)
        .iter()
        .filter(|meta| meta.path().is_ident("derive"))
        .flat_map(inside)
        .filter_map(|meta| segments(meta.path()).pop())
        .collect()
}

/// Attributes of a struct or field that say how it is mapped or used: the libraries', and Rust's `deprecated`.
pub fn mapping(attributes: &[syn::Attribute]) -> Vec<Attribute> {
    let deprecated = flat(attributes).iter().any(|meta| meta.path().is_ident("deprecated"));
    let deprecated = deprecated.then(|| Attribute { library: "rust", name: "deprecated".to_owned(), value: None });
    let metas = flat(attributes);
    let others = diesel::attributes(&metas).into_iter().chain(sea_orm::attributes(&metas));
    sqlx(attributes).into_iter().chain(others).chain(deprecated).collect()
}

/// The attributes of sqlx, by `SQLX_ATTRIBUTES`; sqlx itself ignores words that it does not know.
fn sqlx(attributes: &[syn::Attribute]) -> Vec<Attribute> {
    flat(attributes)
        .iter()
        .filter(|meta| meta.path().is_ident("sqlx"))
        .flat_map(inside)
        .filter_map(|meta| {
            let name = name(meta.path().get_ident()?);
            SQLX_ATTRIBUTES.contains(&name.as_str()).then(|| Attribute { library: "sqlx", name, value: value(&meta) })
        })
        .collect()
}

fn value(meta: &Meta) -> Option<String> {
    match meta {
        Meta::Path(_) => None,
        Meta::List(list) => Some(list.tokens.to_string()),
        Meta::NameValue(pair) => string(&pair.value),
    }
}

pub(super) fn string(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// `Some(value)` where the attribute is there: `name = "value"`, and `Some(None)` for the bare word.
pub fn named(attributes: &[syn::Attribute], wanted: &str) -> Option<Option<String>> {
    flat(attributes).iter().find(|meta| meta.path().is_ident(wanted)).map(value)
}

/// Parses the arguments of a macro as expressions divided by commas.
pub fn expressions(tokens: proc_macro2::TokenStream) -> Option<Vec<Expr>> {
    Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens).ok().map(Vec::from_iter)
}
