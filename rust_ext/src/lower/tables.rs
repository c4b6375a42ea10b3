//! diesel's `table!` and `view!`.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, Token};

use super::attributes::named;
use super::metas::flat;
use super::{Lowering, diesel, name, place, place_of, segments};
use crate::ir::{ColumnItem, Name, Place, TableItem};
use crate::model::Attribute;

struct Column {
    attributes: Vec<syn::Attribute>,
    ident: Ident,
    ty: syn::Type,
}

struct Table {
    uses: Vec<syn::ItemUse>,
    attributes: Vec<syn::Attribute>,
    schema: Option<Ident>,
    ident: Ident,
    primary_key: Option<Vec<Name>>,
    columns: Vec<Column>,
}

/// Whether a macro of this path may be diesel's: what is inside decides.
pub fn may_be_table(path: &[Name]) -> bool {
    match path {
        [only] => only == "table",
        [.., owner, last] => owner.starts_with("diesel") && (last == "table" || last == "view"),
        [] => false,
    }
}

impl Lowering<'_> {
    /// The tables that the macro declares; whether it is diesel's at all.
    pub fn tables(&mut self, call: &syn::Macro) -> bool {
        if !may_be_table(&segments(&call.path)) {
            return false;
        }
        match tables.parse2(call.tokens.clone()) {
            Ok(tables) => {
                for table in tables {
                    self.table(table);
                }
                true
            }
            Err(_) if holds_arrow(call.tokens.clone()) => {
                self.facts.gaps.push((place_of(call), "a `table!` that does not read as diesel's".to_owned()));
                true
            }
            Err(_) => false,
        }
    }

    fn table(&mut self, table: Table) {
        let inside = self.inside(name(&table.ident));
        let outer = std::mem::replace(&mut self.module, inside.clone());
        let mut uses = Vec::new();
        for item in &table.uses {
            self.tree(&item.tree, Vec::new(), &mut uses);
        }
        self.module = outer;
        let lowered = TableItem {
            inside,
            schema: table.schema.as_ref().map(name),
            table: sql_name(&table.attributes, &table.ident),
            primary_key: table.primary_key.unwrap_or_else(|| vec!["id".into()]),
            columns: table.columns.iter().map(|column| self.column(column)).collect(),
            place: place(table.ident.span()),
            uses,
        };
        self.facts.tables.push(lowered);
    }

    fn column(&self, column: &Column) -> ColumnItem {
        let end = place_of(&column.ty);
        let start = place(column.ident.span());
        ColumnItem {
            name: name(&column.ident),
            column: sql_name(&column.attributes, &column.ident),
            ty: self.ty(&column.ty),
            place: Place { end_line: end.end_line, end_column: end.end_column, ..start },
            attributes: attributes(&column.attributes),
        }
    }
}

/// `sql_name`, `max_length = 255` and `auto_increment`.
fn attributes(attributes: &[syn::Attribute]) -> Vec<Attribute> {
    flat(attributes)
        .iter()
        .filter_map(|meta| {
            let name = name(meta.path().get_ident()?);
            let known = matches!(name.as_str(), "sql_name" | "max_length" | "auto_increment");
            let value = match meta {
                syn::Meta::NameValue(pair) => {
                    super::metas::string(&pair.value).or_else(|| Some(super::types::text_of(&pair.value).into()))
                }
                _ => None,
            };
            known.then_some(Attribute { library: "diesel", name, value })
        })
        .collect()
}

fn sql_name(attributes: &[syn::Attribute], ident: &Ident) -> String {
    let written = named(attributes, "sql_name").flatten();
    written
        .map_or_else(
            || name(ident),
            |text| text.strip_prefix("r#").map(str::to_owned).unwrap_or(text.to_string()).into(),
        )
        .to_string()
}

fn tables(input: ParseStream) -> syn::Result<Vec<Table>> {
    let mut tables = Vec::new();
    while !input.is_empty() {
        tables.push(table(input)?);
    }
    Ok(tables)
}

fn table(input: ParseStream) -> syn::Result<Table> {
    let mut uses = Vec::new();
    while input.peek(Token![use]) || (input.peek(Token![pub]) && input.peek2(Token![use])) {
        uses.push(input.parse()?);
    }
    let attributes = syn::Attribute::parse_outer(input)?;
    let first: Ident = input.parse()?;
    let (schema, ident) = if input.peek(Token![.]) {
        input.parse::<Token![.]>()?;
        (Some(first), input.parse()?)
    } else {
        (None, first)
    };
    let primary_key = if input.peek(syn::token::Paren) {
        let keys;
        syn::parenthesized!(keys in input);
        Some(diesel::names(&keys)?)
    } else {
        None
    };
    let content;
    syn::braced!(content in input);
    let columns = Punctuated::<Column, Token![,]>::parse_terminated_with(&content, column)?;
    Ok(Table { uses, attributes, schema, ident, primary_key, columns: Vec::from_iter(columns) })
}

fn column(input: ParseStream) -> syn::Result<Column> {
    let attributes = syn::Attribute::parse_outer(input)?;
    let ident = input.parse()?;
    input.parse::<Token![->]>()?;
    Ok(Column { attributes, ident, ty: input.parse()? })
}

/// Whether `->` stands in the braces, as it does in every table of diesel.
fn holds_arrow(tokens: TokenStream) -> bool {
    let arrow = |group: TokenStream| {
        let signs: Vec<TokenTree> = group.into_iter().collect();
        signs.windows(2).any(|pair| {
            matches!(pair, [TokenTree::Punct(a), TokenTree::Punct(b)] if a.as_char() == '-' && b.as_char() == '>')
        })
    };
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => arrow(group.stream()),
        _ => false,
    })
}
