//! From syn's tree to the plain values of `ir`.

mod attributes;
mod blocks;
mod boundaries;
mod diesel;
mod ends;
mod entities;
mod expressions;
mod items;
mod macros;
mod metas;
mod patterns;
mod routes;
mod scanned;
mod sea_orm;
mod submodules;
mod tables;
mod types;

use std::fmt::Write;
use std::sync::Arc;

use proc_macro2::Span;
use smol_str::SmolStrBuilder;

use crate::ir::{Expr, FileFacts, ModulePath, Name, Owner, Place};
use crate::later::Places;
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

/// Everything that a parsed file says, but for the bodies at `later`; `None` where one of them is no function's.
pub fn file(position: &Position, parsed: &syn::File, later: &Places) -> Option<FileFacts> {
    let facts = FileFacts {
        path: Arc::clone(&position.path),
        package: position.package,
        module: position.module.clone(),
        ..FileFacts::default()
    };
    let stem = (!position.beside).then(|| paths::stem(&position.path).to_owned());
    let mut lowering = Lowering { stem, ..Lowering::new(facts, later) };
    if !attributes::only_for_tests(&parsed.attrs) {
        lowering.items(&parsed.items, None);
    }
    entities::expand(&mut lowering.facts, &lowering.entities);
    (lowering.taken == later.len()).then_some(lowering.facts)
}

/// Bodies that were left out when the file was read.
pub fn bodies(file: &FileFacts, blocks: &[syn::Block]) -> Vec<Expr> {
    let facts = FileFacts { path: Arc::clone(&file.path), ..FileFacts::default() };
    let none = Places::default();
    let mut lowering = Lowering::new(facts, &none);
    blocks.iter().map(|block| lowering.block(block)).collect()
}

/// The state of one file's lowering.
struct Lowering<'l> {
    facts: FileFacts,
    later: &'l Places,
    /// How many of `later` functions took.
    taken: usize,
    module: ModulePath,
    folder: String,
    stem: Option<String>,
    /// The inline modules around the present item.
    inline: Vec<Name>,
    /// The present function, until one of its blocks shows it.
    function: Name,
    /// The tables of sea-orm's expanded entities.
    entities: Vec<entities::EntityName>,
}

impl<'l> Lowering<'l> {
    fn new(facts: FileFacts, later: &'l Places) -> Self {
        Self {
            module: facts.module.clone(),
            folder: paths::folder(&facts.path).to_owned(),
            stem: None,
            inline: Vec::new(),
            function: Name::default(),
            entities: Vec::new(),
            later,
            taken: 0,
            facts,
        }
    }
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
fn name(ident: &syn::Ident) -> Name {
    let mut name = SmolStrBuilder::new();
    let _ = write!(name, "{ident}");
    let name = name.finish();
    name.strip_prefix("r#").map(Name::from).unwrap_or(name)
}

fn segments(path: &syn::Path) -> Vec<Name> {
    path.segments.iter().map(|segment| name(&segment.ident)).collect()
}
