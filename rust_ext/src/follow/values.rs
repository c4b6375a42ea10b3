//! Values that are made of others.

use super::Value;
use crate::model::Cast;
use crate::names::Ty;

/// Types with one thing inside that a pattern, `?` or a loop takes out.
const HOLDERS: [&str; 17] = [
    "Option",
    "Result",
    "Vec",
    "Iter",
    "Stream",
    "[]",
    "[;]",
    "VecDeque",
    "HashSet",
    "BTreeSet",
    "Json",
    "Query",
    "Form",
    "Path",
    "State",
    "Data",
    "Extension",
];

/// What is inside an `Option`, `Vec`, iterator or extractor; the value itself where its type is not known.
pub(super) fn inside(value: &Value) -> Value {
    let Some(ty) = value.ty.as_ref().map(Ty::bare) else {
        return value.clone();
    };
    let held = HOLDERS.contains(&ty.name.as_str()) && ty.strukt.is_none();
    match (held, ty.arguments.first()) {
        (true, inner) => value.clone().typed(inner.cloned()),
        (false, _) => value.clone(),
    }
}

/// The value after a cast: its origin remembers it.
pub(super) fn with_cast(value: Value, cast: Cast, ty: Option<Ty>) -> Value {
    let origin = value.origin.map(|mut origin| {
        origin.casts.push(cast);
        origin
    });
    Value { ty, origin, record: value.record, ..Value::default() }
}
