//! Enums that are values of a column, with the labels that each library gives their variants.

use crate::cases::{POSTGRES, Renaming, SQLX};
use crate::ir::{EnumItem, Name, VariantItem, blocks};
use crate::labels::{self, by_diesel, by_sea_orm};
use crate::model::{RustEnum, Variant};
use crate::names::{Found, Index, Site};
use crate::tables;

/// A library that enums derive traits for. `name` is its name on crates.io.
struct Library {
    name: &'static str,
    derives: &'static [&'static str],
    /// The crates that give the derives, by their names in code.
    crates: &'static [&'static str],
    label: fn(&EnumItem, &VariantItem) -> Option<String>,
}

const LIBRARIES: [Library; 4] = [
    Library {
        name: "diesel",
        derives: &["AsExpression", "DbEnum", "Enum", "FromSqlRow"],
        crates: &["diesel", "diesel_derive_enum"],
        label: by_diesel,
    },
    Library { name: "sea-orm", derives: &["DeriveActiveEnum"], crates: &["sea-orm"], label: by_sea_orm },
    Library { name: "sqlx", derives: &["Decode", "Encode", "Type"], crates: &["sqlx"], label: by_sqlx },
    Library {
        name: "tokio-postgres",
        derives: &["FromSql", "ToSql"],
        crates: &["postgres_types", "tokio-postgres", "postgres"],
        label: by_postgres,
    },
];

/// sqlx's integer enums have no labels.
fn by_sqlx(item: &EnumItem, variant: &VariantItem) -> Option<String> {
    item.repr.is_none().then(|| label(&SQLX, item, variant))
}

fn by_postgres(item: &EnumItem, variant: &VariantItem) -> Option<String> {
    Some(label(&POSTGRES, item, variant))
}

fn label(library: &Renaming, item: &EnumItem, variant: &VariantItem) -> String {
    let written = library.written(&variant.name, &variant.attributes, &item.attributes);
    written.unwrap_or_else(|| variant.name.clone()).to_string()
}

/// The enums that derive a trait of a library.
pub fn enums(index: &Index) -> Vec<RustEnum> {
    let names = index.unique_names(index.enums.iter().map(|(file, item)| (*file, &*item.module, &*item.name)));
    let found = index.enums.iter().zip(names).filter_map(|((file, item), name)| {
        let libraries: Vec<&Library> =
            LIBRARIES.iter().filter(|library| derives(index, *file, item, library)).collect();
        (!libraries.is_empty()).then(|| model(index, *file, item, name.to_string().into(), &libraries))
    });
    found.collect()
}

/// Whether one of the enum's derives is the library's, and not another crate's of the same name (`specta::Type`).
fn derives(index: &Index, file: usize, item: &EnumItem, library: &Library) -> bool {
    let site = Site { file, module: &item.module, uses: &[] };
    item.derives.iter().any(|path| {
        let last = path.last().map_or("", |last| last.as_str());
        let found = index.find(site, path);
        let Found::External(full) = &*found else {
            return false;
        };
        let from = |first: &Name| library.crates.iter().any(|wanted| index.is_crate(file, first, wanted));
        library.derives.contains(&last) && (full.len() == 1 || full.first().is_some_and(from))
    })
}

fn model<'a>(index: &Index<'a>, file: usize, item: &'a EnumItem, name: Name, libraries: &[&Library]) -> RustEnum {
    let path = index.files.get(file).map(|file| file.path.clone()).unwrap_or_default();
    let variant = |variant: &VariantItem| Variant {
        name: variant.name.clone(),
        labels: libraries.iter().filter_map(|library| Some((library.name, (library.label)(item, variant)?))).collect(),
        span: variant.place.in_file(&path),
        number: labels::number(variant).or(variant.number),
        attributes: variant.attributes.clone(),
    };
    let site = Site { file, module: &item.module, uses: &[] };
    RustEnum {
        span: item.place.in_file(&path),
        name,
        krate: index.package_name(file),
        module: blocks::written(&item.module),
        derives: item.derives.iter().filter_map(|path| path.last().cloned()).collect(),
        variants: item.variants.iter().map(variant).collect(),
        repr: item.repr.clone(),
        attributes: tables::resolved(index, site, &item.attributes, &item.types),
    }
}
