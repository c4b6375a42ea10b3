//! The attributes of sea-orm.

use syn::{Expr, Lit, Meta};

use super::metas::inside;
use super::name;
use super::types::text_of;
use crate::ir::Name;
use crate::model::Attribute;

/// Every sea-orm attribute that is emitted; `checks` says what each means. The value of `nested` is its prefix.
pub const SEA_ORM_ATTRIBUTES: [&str; 39] = [
    "alias",
    "array_type",
    "auto_increment",
    "belongs_to",
    "column_name",
    "column_type",
    "comment",
    "db_type",
    "default_expr",
    "default_value",
    "display_value",
    "entity",
    "enum_name",
    "extra",
    "from_alias",
    "from_col",
    "from_expr",
    "from_query_result",
    "has_many",
    "has_one",
    "ignore",
    "indexed",
    "nested",
    "nullable",
    "num_value",
    "primary_key",
    "rename",
    "rename_all",
    "renamed_from",
    "rs_type",
    "save_as",
    "schema_name",
    "select_as",
    "self_ref",
    "skip",
    "string_value",
    "table_name",
    "unique",
    "value_type",
];

/// The attributes of a struct, a field, an enum or a variant.
pub fn attributes(metas: &[Meta]) -> Vec<Attribute> {
    let of_sea_orm = metas.iter().filter(|meta| meta.path().is_ident("sea_orm")).flat_map(inside);
    of_sea_orm
        .filter_map(|meta| {
            let name = name(meta.path().get_ident()?);
            let known = SEA_ORM_ATTRIBUTES.contains(&name.as_str());
            known.then(|| Attribute { library: "sea_orm", name, value: value(&meta) })
        })
        .collect()
}

fn value(meta: &Meta) -> Option<Name> {
    match meta {
        Meta::Path(_) => None,
        Meta::NameValue(pair) => Some(written(&pair.value)),
        // `nested(prefix = "manager_")`
        Meta::List(_) => inside(meta).iter().find_map(|inner| match inner {
            Meta::NameValue(pair) => Some(written(&pair.value)),
            _ => None,
        }),
    }
}

/// A text without its quotes, anything else as it stands.
fn written(value: &Expr) -> Name {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => text.value().into(),
            other => text_of(other).into(),
        },
        other => text_of(other).into(),
    }
}
