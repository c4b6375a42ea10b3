//! The parts of attributes, whatever library they belong to.

use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Meta, Token};

use crate::ir::Name;

type Metas = Punctuated<Meta, Token![,]>;

/// What stands in the brackets of an attribute.
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

/// A text in quotes.
pub(super) fn string(expression: &Expr) -> Option<Name> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value().into()),
            _ => None,
        },
        _ => None,
    }
}
