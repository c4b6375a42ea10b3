//! Routes that attributes of functions give: actix-web, Rocket, poem-openapi, dropshot.

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Meta, Token};

use super::{name, segments};
use crate::ir::Name;

const METHODS: [&str; 9] = ["connect", "delete", "get", "head", "options", "patch", "post", "put", "trace"];

/// Methods and paths, in the order of the source.
pub fn routes(attributes: &[syn::Attribute]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for attribute in attributes {
        let Meta::List(list) = &attribute.meta else {
            continue;
        };
        let word = segments(&list.path).pop().unwrap_or_default();
        let known = METHODS.contains(&word.as_str());
        if !known && !matches!(word.as_str(), "route" | "oai" | "endpoint") {
            continue;
        }
        let parts = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(list.tokens.clone());
        let parts = parts.map(Vec::from_iter).unwrap_or_default();
        let own = || parts.first().and_then(text);
        let Some(path) = named(&parts, "path").or_else(own).filter(|path| path.starts_with('/')) else {
            continue;
        };
        // Rocket names the parts of the query in the path.
        let path = path.split('?').next().unwrap_or_default().to_owned();
        if known {
            found.push((word.to_uppercase(), path));
        } else {
            found.extend(all_named(&parts, "method").into_iter().map(|method| (method.to_uppercase(), path.clone())));
        }
    }
    found
}

/// `#[tonic::async_trait]`
pub fn is_tonic(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| segments(attribute.path()).first().is_some_and(|first| first == "tonic"))
}

fn named(parts: &[Expr], wanted: &str) -> Option<Name> {
    all_named(parts, wanted).into_iter().next()
}

fn all_named(parts: &[Expr], wanted: &str) -> Vec<Name> {
    let values = parts.iter().filter_map(|part| match part {
        Expr::Assign(pair) if is_word(&pair.left, wanted) => text(&pair.right),
        _ => None,
    });
    values.collect()
}

fn is_word(expression: &Expr, wanted: &str) -> bool {
    matches!(expression, Expr::Path(path) if path.path.is_ident(wanted))
}

/// A text, or a word as dropshot writes its methods.
fn text(expression: &Expr) -> Option<Name> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value().into()),
            _ => None,
        },
        Expr::Path(path) => path.path.get_ident().map(name),
        _ => None,
    }
}
