//! The attributes of diesel and of diesel-derive-enum, also as diesel 1 writes them.

use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Meta, Token};

use super::types::text_of;
use super::{Lowering, name};
use crate::ir::{Name, Type};
use crate::model::Attribute;

/// Every diesel attribute that is emitted; `checks` says what each means. Those of diesel-derive-enum are among them,
/// by the names of its version 2: `#[db_enum(existing_type_path = "..")]` is `ExistingTypePath`.
pub const DIESEL_ATTRIBUTES: [&str; 35] = [
    "DbValueStyle",
    "DieselType",
    "ExistingTypePath",
    "PgType",
    "aggregate",
    "auto_increment",
    "base_query",
    "base_query_type",
    "belongs_to",
    "check_for_backend",
    "column_name",
    "db_rename",
    "deserialize_as",
    "embed",
    "enum_type",
    "foreign_derive",
    "max_length",
    "not_sized",
    "postgres_type_array_oid",
    "postgres_type_name",
    "postgres_type_oid",
    "postgres_type_schema",
    "primary_key",
    "rename",
    "rename_all",
    "select_expression",
    "select_expression_type",
    "serialize_as",
    "skip_insertion",
    "skip_update",
    "sql_name",
    "sql_type",
    "table_name",
    "treat_none_as_default_value",
    "treat_none_as_null",
];

/// Attributes whose value is a type or a path; their values are resolved.
const TYPES: [&str; 6] =
    ["deserialize_as", "select_expression_type", "serialize_as", "sql_type", "table_name", "ExistingTypePath"];

/// One word of an attribute, with its value as text, and as a type where it is one.
struct Word {
    name: Name,
    value: Option<Name>,
    ty: Option<syn::Type>,
}

impl Word {
    fn bare(name: &str, value: Option<Name>) -> Self {
        Self { name: name.into(), value, ty: None }
    }
}

/// The attributes of a struct, a field, an enum or a variant.
pub fn attributes(metas: &[Meta]) -> Vec<Attribute> {
    let known = words(metas).into_iter().filter(|word| DIESEL_ATTRIBUTES.contains(&word.name.as_str()));
    known.map(|word| Attribute { library: "diesel", name: word.name, value: word.value }).collect()
}

impl Lowering<'_> {
    /// The attributes whose value is a type, in the order of `attributes`.
    pub fn attribute_types(&self, attributes: &[syn::Attribute]) -> Vec<(Name, Type)> {
        if !attributes.iter().any(may_name_a_type) {
            return Vec::new();
        }
        let words = words(&super::metas::flat(attributes)).into_iter();
        words.filter_map(|word| Some((word.name, self.ty(&word.ty?)))).collect()
    }
}

/// Most attributes say nothing of diesel's, and are not read again.
fn may_name_a_type(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    ["diesel", "cfg_attr", "db_enum"].iter().any(|name| path.is_ident(name))
        || TYPES.iter().any(|name| path.is_ident(name))
}

fn words(metas: &[Meta]) -> Vec<Word> {
    metas.iter().flat_map(of_meta).collect()
}

fn of_meta(meta: &Meta) -> Vec<Word> {
    let Some(path) = meta.path().get_ident().map(name) else {
        return Vec::new();
    };
    match (path.as_str(), meta) {
        ("diesel", Meta::List(list)) => parsed(list.tokens.clone()),
        ("db_enum", Meta::List(list)) => parsed(list.tokens.clone()).into_iter().filter_map(of_derive_enum).collect(),
        ("postgres", Meta::List(list)) => parsed(list.tokens.clone()).iter().filter_map(of_old_postgres).collect(),
        ("primary_key" | "belongs_to", Meta::List(list)) => {
            vec![Word::bare(&path, Some(text_of(&list.tokens).replace('"', "").into()))]
        }
        ("changeset_options", Meta::List(list)) => parsed(list.tokens.clone()),
        (
            "table_name" | "column_name" | "sql_type" | "ExistingTypePath" | "DieselType" | "DieselTypePath" | "PgType"
            | "DbValueStyle" | "db_rename",
            Meta::NameValue(pair),
        ) => super::metas::string(&pair.value).map(|text| of_text(&path, &text)).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// `#[table_name = "users"]`: a type or a name in quotes.
fn of_text(name: &str, text: &str) -> Word {
    let ty = if TYPES.contains(&name) { syn::parse_str(text).ok() } else { None };
    let name = if name == "DieselTypePath" { "DieselType" } else { name };
    Word { name: name.into(), value: Some(text.into()), ty }
}

fn of_derive_enum(word: Word) -> Option<Word> {
    let name = match word.name.as_str() {
        "existing_type_path" => "ExistingTypePath",
        "diesel_type" => "DieselType",
        "pg_type" => "PgType",
        "value_style" => "DbValueStyle",
        "rename" => "db_rename",
        _ => return None,
    };
    Some(of_text(name, &word.value?))
}

/// diesel 1: `#[postgres(type_name = "mood")]`, `#[postgres(oid = "1", array_oid = "2")]`.
fn of_old_postgres(word: &Word) -> Option<Word> {
    let name = match word.name.as_str() {
        "type_name" => "postgres_type_name",
        "type_schema" => "postgres_type_schema",
        "oid" => "postgres_type_oid",
        "array_oid" => "postgres_type_array_oid",
        _ => return None,
    };
    Some(Word::bare(name, word.value.clone()))
}

/// The words inside of `#[diesel(..)]`; what does not read as diesel's is passed over up to the next comma.
fn parsed(tokens: proc_macro2::TokenStream) -> Vec<Word> {
    let parse = |input: ParseStream| {
        let mut words = Vec::new();
        while !input.is_empty() {
            match word(input) {
                Ok(found) => words.extend(found),
                Err(_) => skip(input)?,
            }
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(words)
    };
    parse.parse2(tokens).unwrap_or_default()
}

fn skip(input: ParseStream) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

fn word(input: ParseStream) -> syn::Result<Vec<Word>> {
    let ident = input.call(Ident::parse_any)?;
    let key = name(&ident);
    if input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in input);
        let tokens: proc_macro2::TokenStream = content.parse()?;
        return Ok(match key.as_str() {
            "postgres_type" => parsed(tokens).into_iter().map(|word| prefixed("postgres_type_", word)).collect(),
            _ => vec![Word::bare(&key, Some(text_of(&tokens).replace('"', "").into()))],
        });
    }
    if !input.peek(Token![=]) {
        return Ok(vec![Word::bare(&key, None)]);
    }
    input.parse::<Token![=]>()?;
    if input.peek(LitStr) {
        return Ok(vec![of_text(&key, &input.parse::<LitStr>()?.value())]);
    }
    if TYPES.contains(&key.as_str()) {
        let ty: syn::Type = input.parse()?;
        return Ok(vec![Word { name: key, value: Some(text_of(&ty).into()), ty: Some(ty) }]);
    }
    let value: syn::Expr = input.parse()?;
    Ok(vec![Word::bare(&key, Some(text_of(&value).into()))])
}

fn prefixed(prefix: &str, word: Word) -> Word {
    Word { name: format!("{prefix}{}", word.name).into(), ..word }
}

/// The names in `primary_key(a, b)`.
pub fn names(input: ParseStream) -> syn::Result<Vec<Name>> {
    let names = Punctuated::<Ident, Token![,]>::parse_terminated(input)?;
    Ok(names.iter().map(name).collect())
}
