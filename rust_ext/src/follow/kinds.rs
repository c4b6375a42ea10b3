//! What a type is to those who follow values: a query, a row, a wrapper, one that is known wholly.

use crate::model::RustType;
use crate::names::Ty;

/// The type of a query before it is fetched; its argument is the row.
pub(super) const QUERY: &str = "query";

/// The type of a row without a struct.
pub(super) const ROW: &str = "row";

/// The rows' own names in the libraries.
const ROWS: [&str; 4] = [ROW, "PgRow", "Row", "AnyRow"];

pub(super) fn is_row(ty: &Ty) -> bool {
    let ty = ty.bare();
    ty.strukt.is_none() && ROWS.contains(&ty.name.as_str())
}

/// A type that the source says wholly, as it is emitted; references are left out.
pub(super) fn known(ty: &Ty) -> Option<RustType> {
    let ty = match (ty.name.as_str(), ty.arguments.first()) {
        ("&" | "&mut", Some(inner)) => return known(inner),
        _ => ty,
    };
    is_known(ty).then(|| ty.model())
}

fn is_known(ty: &Ty) -> bool {
    let mut signs = ty.name.chars();
    // One letter is a parameter of the function or of its type.
    let generic = ty.strukt.is_none()
        && ty.name.len() <= 2
        && signs.next().is_some_and(char::is_uppercase)
        && signs.all(|sign| sign.is_ascii_digit());
    let named = !matches!(ty.name.as_str(), "" | "_" | "impl" | "dyn" | "…" | "Self" | ROW);
    named && !generic && ty.name != QUERY && ty.arguments.iter().all(is_known)
}

/// The type under `Result` and `Option`.
pub(super) fn core(ty: &Ty) -> &Ty {
    match (ty.name.as_str(), ty.arguments.first()) {
        ("Result" | "Option", Some(inner)) => core(inner),
        _ => ty,
    }
}

/// The type under `Result`.
pub(super) fn result_of(ty: &Ty) -> &Ty {
    match (ty.name.as_str(), ty.arguments.first()) {
        ("Result", Some(inner)) => inner,
        _ => ty,
    }
}

/// `Vec<_>` and the like.
pub(super) fn has_hole(ty: &Ty) -> bool {
    ty.name == "_" || ty.arguments.iter().any(has_hole)
}
