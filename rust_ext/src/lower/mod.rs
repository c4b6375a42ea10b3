//! From syn's tree to the plain values of `ir`.

mod attributes;
mod boundaries;
mod diesel;
mod ends;
mod entities;
mod expressions;
mod items;
mod macros;
mod patterns;
mod routes;
mod scanned;
mod sea_orm;
mod submodules;
mod tables;
mod types;

use std::sync::Arc;

use proc_macro2::Span;
use syn::ext::IdentExt;

use crate::ir::{FileFacts, ModulePath, Owner, Place, Use};
use crate::paths;
use ends::Ends;

pub use attributes::SQLX_ATTRIBUTES;
pub use diesel::DIESEL_ATTRIBUTES;
pub use sea_orm::SEA_ORM_ATTRIBUTES;

/// Where a file stands in its package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub package: usize,
    pub path: Arc<str>,
    pub module: ModulePath,
    /// Whether `mod x;` in it looks beside it (crate roots, `mod.rs`, `#[path]`) and not in a folder of its name.
    pub beside: bool,
}

/// Everything that a parsed file says.
pub fn file(position: &Position, parsed: &syn::File) -> FileFacts {
    let mut lowering = Lowering {
        facts: FileFacts {
            path: Arc::clone(&position.path),
            package: position.package,
            module: position.module.clone(),
            ..FileFacts::default()
        },
        module: position.module.clone(),
        folder: paths::folder(&position.path).to_owned(),
        stem: (!position.beside).then(|| paths::stem(&position.path).to_owned()),
        inline: Vec::new(),
        uses: Vec::new(),
        entities: Vec::new(),
    };
    if !attributes::only_for_tests(&parsed.attrs) {
        lowering.items(&parsed.items, None);
    }
    entities::expand(&mut lowering.facts, &lowering.entities);
    lowering.facts
}

/// The state of one file's lowering.
struct Lowering {
    facts: FileFacts,
    module: ModulePath,
    folder: String,
    stem: Option<String>,
    /// The inline modules around the present item.
    inline: Vec<String>,
    /// What `use` brings into the present function.
    uses: Vec<Use>,
    /// The tables of sea-orm's expanded entities.
    entities: Vec<entities::EntityName>,
}

type OwnerOf<'a> = Option<&'a Arc<Owner>>;

fn place(span: Span) -> Place {
    let (start, end) = (span.start(), span.end());
    Place {
        line: start.line as u32,
        column: start.column as u32 + 1,
        end_line: end.line as u32,
        end_column: end.column as u32 + 1,
    }
}

fn place_of(node: &impl Ends) -> Place {
    let (start, end) = (node.first().start(), node.last().end());
    Place {
        line: start.line as u32,
        column: start.column as u32 + 1,
        end_line: end.line as u32,
        end_column: end.column as u32 + 1,
    }
}

/// An identifier without `r#`.
fn name(ident: &syn::Ident) -> String {
    ident.unraw().to_string()
}

fn segments(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| name(&segment.ident)).collect()
}
