//! Tables that diesel's `table!` declares, and what attributes with paths and types mean where they stand.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::ir::{Name, TableItem, Type, blocks};
use crate::model::{Attribute, DeclaredColumn, DeclaredTable};
use crate::names::{Index, Site, Ty};

pub fn declared(index: &Index) -> Vec<DeclaredTable> {
    index.tables.iter().filter_map(|(file, table)| of(index, *file, table)).collect()
}

fn of(index: &Index, file: usize, table: &TableItem) -> Option<DeclaredTable> {
    let facts = index.files.get(file)?;
    let path: &Arc<str> = &facts.path;
    let site = Site { file, module: &table.inside, uses: &table.uses };
    let (name, module) = table.inside.split_last()?;
    let column = |column: &crate::ir::ColumnItem| DeclaredColumn {
        name: column.name.clone(),
        column: column.column.clone(),
        ty: index.ty(site, &column.ty, None).model(),
        span: column.place.in_file(path),
        attributes: column.attributes.clone(),
    };
    Some(DeclaredTable {
        span: table.place.in_file(path),
        name: name.clone(),
        schema: table.schema.clone(),
        table: table.table.clone(),
        krate: index.packages.get(facts.package)?.name.clone(),
        module: blocks::written(module),
        primary_key: table.primary_key.clone(),
        columns: table.columns.iter().map(column).collect(),
    })
}

/// The attributes with the values of `types` resolved: types by their last names, after aliases
/// (`Nullable<Int8>`), tables as `crate::module::name` where the workspace declares them.
pub fn resolved<'a>(
    index: &Index<'a>,
    site: Site<'a>,
    attributes: &[Attribute],
    types: &[(Name, Type)],
) -> Vec<Attribute> {
    let mut left: VecDeque<&(Name, Type)> = types.iter().collect();
    let mut resolved = attributes.to_vec();
    for attribute in resolved.iter_mut().filter(|attribute| attribute.library == "diesel") {
        if left.front().is_none_or(|(name, _)| *name != attribute.name) {
            continue;
        }
        let Some((name, ty)) = left.pop_front() else {
            continue;
        };
        attribute.value = match name.as_str() {
            "table_name" => index.table(site, &ty.segments).map(Name::from).or(attribute.value.take()),
            _ => Some(written(&index.ty(site, ty, None)).into()),
        };
    }
    resolved
}

/// A resolved type as Rust writes it.
fn written(ty: &Ty) -> String {
    let parts: Vec<String> = ty.arguments.iter().map(written).collect();
    match (ty.name.as_str(), parts.as_slice()) {
        ("()", [only]) => format!("({only},)"),
        ("()", parts) => format!("({})", parts.join(", ")),
        ("[]", [only]) => format!("[{only}]"),
        ("[;]", [only, length]) => format!("[{only}; {length}]"),
        ("&", [only]) => format!("&{only}"),
        ("&mut", [only]) => format!("&mut {only}"),
        (name, []) => name.to_owned(),
        (name, parts) => format!("{name}<{}>", parts.join(", ")),
    }
}
