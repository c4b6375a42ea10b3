//! From packages to everything that their sources promise, sorted by path and place.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::disk::Disk;
use crate::flows;
use crate::follow::{self, Followed};
use crate::ir::{FileFacts, Foreign, Name, Place, StructField, StructItem, blocks};
use crate::model::{Contracts, Crate, FfiFunction, Field, Query, Side, Struct, Unread};
use crate::modules::{self, Package};
use crate::names::{Index, Site, Ty};
use crate::{columns, enums, handlers, pool, tables};

/// Reads the packages; the result does not depend on the number of threads.
pub fn read(disk: &Disk, packages: &[Package], threads: usize) -> Option<Contracts> {
    // On a large stack too: what is read is as deep as the sources are, and is dropped here.
    let pool = pool::threads(threads)?;
    pool::on_large_stack(|| {
        let files = modules::read(disk, packages, &pool);
        let index = Index::new(packages, &files);
        let numbers: Vec<usize> = (0..files.len()).collect();
        let results = pool::map(&pool, &numbers, |number| follow::file(disk, &index, *number));
        let mut followed = Followed::default();
        for (number, result) in results.into_iter().enumerate() {
            match result {
                Some(result) => merge(&mut followed, result),
                None => followed.unread.extend(stopped(&files, number)),
            }
        }
        assemble(&index, followed)
    })
}

fn merge(all: &mut Followed, one: Followed) {
    all.queries.extend(one.queries);
    all.targets.extend(one.targets);
    all.fills.extend(one.fills);
    all.routes.extend(one.routes);
    all.mounts.extend(one.mounts);
    all.unread.extend(one.unread);
    all.gaps.extend(one.gaps);
    all.values.extend(one.values);
}

fn stopped(files: &[FileFacts], number: usize) -> Option<Unread> {
    let place = Place { line: 1, column: 1, end_line: 1, end_column: 2 };
    let span = place.in_file(&files.get(number)?.path);
    Some(Unread { span, reason: "the reader stopped inside this file: please report it with the file".to_owned() })
}

fn assemble(index: &Index, followed: Followed) -> Contracts {
    let handlers = handlers::handlers(index, &followed);
    let (flows, lost) = flows::flows(index, &followed, &handlers);
    let (mut unread, mut gaps) = (followed.unread, followed.gaps);
    for file in index.files {
        unread.extend(placed(file, &file.unread));
        gaps.extend(placed(file, &file.gaps));
    }
    Contracts {
        crates: crates(index),
        structs: sorted(structs(index)),
        enums: sorted(enums::enums(index)),
        tables: sorted(tables::declared(index)),
        queries: numbered(followed.queries),
        handlers: sorted(handlers.into_iter().map(|handler| handler.model).collect()),
        flows: sorted(flows),
        lost: sorted(lost),
        ffi: sorted(foreign(index)),
        unread: sorted(unread),
        gaps: sorted(gaps),
    }
}

fn placed<'a>(file: &'a FileFacts, reasons: &'a [(Place, String)]) -> impl Iterator<Item = Unread> + 'a {
    reasons.iter().map(|(place, reason)| Unread { span: place.in_file(&file.path), reason: reason.clone() })
}

fn sorted<T: Ord>(mut values: Vec<T>) -> Vec<T> {
    values.sort();
    values.dedup();
    values
}

/// Queries in the order of the source; each function of a file counts its own from 1.
fn numbered(queries: Vec<Query>) -> Vec<Query> {
    let mut queries = sorted(queries);
    let mut counts: HashMap<(Arc<str>, Name), u32> = HashMap::new();
    for query in &mut queries {
        let count = counts.entry((Arc::clone(&query.path), query.function.clone())).or_default();
        *count += 1;
        query.ordinal = *count;
    }
    queries
}

fn crates(index: &Index) -> Vec<Crate> {
    let of = |number: usize| {
        let files = index.files.iter().filter(move |file| file.package == number);
        files.map(|file| Arc::clone(&file.path)).collect()
    };
    let uses = |package: &Package| -> Vec<String> {
        let named: BTreeSet<&String> = package.dependencies.iter().map(|(_, name)| name).collect();
        let ours = index.packages.iter().filter(|other| other.name != package.name && named.contains(&other.name));
        ours.map(|other| other.name.clone()).collect::<BTreeSet<String>>().into_iter().collect()
    };
    let packages = index.packages.iter().enumerate();
    let crates = packages.map(|(number, package)| Crate {
        name: package.name.clone().into(),
        manifest: package.manifest.clone(),
        service: package.service,
        libraries: package.libraries.clone(),
        files: of(number),
        features: package.features.clone(),
        uses: uses(package),
    });
    sorted(crates.collect())
}

fn structs(index: &Index) -> Vec<Struct> {
    let mut structs = Vec::new();
    for (id, (file, item)) in index.structs.iter().enumerate() {
        let Some(reference) = index.reference(id).filter(|_| takes_part(item)) else {
            continue;
        };
        let site = Site { file: *file, module: &item.module, uses: &[] };
        let fields = item.fields.iter().zip(index.field_types(id));
        structs.push(Struct {
            span: item.place.in_file(&reference.path),
            name: reference.name,
            krate: index.package_name(*file),
            module: blocks::written(&item.module),
            derives: item.derives.clone(),
            fields: fields.map(|(field, ty)| column(index, site, item, field, ty, &reference.path)).collect(),
            attributes: tables::resolved(index, site, &item.attributes, &item.types),
        });
    }
    structs
}

/// Derives that give a struct without named fields a meaning: rows by position, and types of columns.
const POSITIONAL: [&str; 9] = [
    "AsChangeset",
    "AsExpression",
    "DieselNewType",
    "DeriveValueType",
    "FromSqlRow",
    "Insertable",
    "Queryable",
    "QueryableByName",
    "SqlType",
];

/// Derives of a newtype that is one value of a column.
const VALUES: [&str; 5] = ["Decode", "Encode", "FromSql", "ToSql", "Type"];

/// Structs with named fields, newtypes that a library reads as one column, and what diesel and sea-orm read by position.
fn takes_part(item: &StructItem) -> bool {
    let derives = |wanted: &[&str]| item.derives.iter().any(|derive| wanted.contains(&derive.as_str()));
    !item.tuple || (item.fields.len() == 1 && derives(&VALUES)) || derives(&POSITIONAL)
}

fn column(index: &Index, site: Site, item: &StructItem, field: &StructField, ty: &Ty, path: &Arc<str>) -> Field {
    Field {
        name: field.name.clone(),
        column: columns::column(item, field),
        ty: ty.model(),
        span: field.place.in_file(path),
        attributes: tables::resolved(index, site, &field.attributes, &field.types),
    }
}

fn foreign(index: &Index) -> Vec<FfiFunction> {
    let mut functions = Vec::new();
    for (number, file) in index.files.iter().enumerate() {
        functions.extend(file.foreign.iter().map(|function| boundary(index, number, file, function)));
    }
    functions
}

fn boundary(index: &Index, number: usize, file: &FileFacts, function: &Foreign) -> FfiFunction {
    let site = Site { file: number, module: &function.module, uses: &[] };
    let resolved = |ty| index.ty(site, ty, None).model();
    let parameters = function.parameters.iter();
    FfiFunction {
        path: Arc::clone(&file.path),
        span: function.place.in_file(&file.path),
        symbol: function.symbol.clone(),
        side: if function.declared { Side::Declaration } else { Side::Definition },
        krate: index.package_name(number),
        abi: function.abi.clone(),
        parameters: parameters.map(|ty| (resolved(ty), ty.place.in_file(&file.path))).collect(),
        result: function.result.as_ref().map(resolved),
        variadic: function.variadic,
    }
}
