//! What the reading is measured against: the same files through syn in a program of its own, with spans and mimalloc.
//!
//! `native_syn THREADS < LIST`, where the list has one path a line. Every file is read and parsed, and the name, place
//! and derives of every struct, and the name, type and place of every field, are taken out. Nothing is looked up,
//! followed or handed to another language. `benchmarks/rust.py` runs it.

use std::fs;
use std::io::{Read, stdin};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const STACK: usize = 64 * 1024 * 1024;

struct Field {
    name: String,
    ty: String,
    line: usize,
    column: usize,
}

struct Struct {
    name: String,
    attributes: Vec<String>,
    line: usize,
    column: usize,
    fields: Vec<Field>,
}

#[derive(Default)]
struct Structs(Vec<Struct>);

impl<'a> Visit<'a> for Structs {
    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        let start = item.ident.span().start();
        let fields = item.fields.iter().map(|field| {
            let start = field.ty.span().start();
            Field {
                name: field.ident.as_ref().map(ToString::to_string).unwrap_or_default(),
                ty: field.ty.span().source_text().unwrap_or_default(),
                line: start.line,
                column: start.column,
            }
        });
        self.0.push(Struct {
            name: item.ident.to_string(),
            attributes: item.attrs.iter().filter_map(|attribute| attribute.span().source_text()).collect(),
            line: start.line,
            column: start.column,
            fields: fields.collect(),
        });
        visit::visit_item_struct(self, item);
    }
}

fn structs(path: &str) -> Vec<Struct> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut found = Structs::default();
    if let Ok(file) = syn::parse_file(&text) {
        found.visit_file(&file);
    }
    proc_macro2::extra::invalidate_current_thread_spans();
    found.0
}

fn main() -> std::io::Result<()> {
    let threads: usize = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1);
    let mut list = String::new();
    stdin().read_to_string(&mut list)?;
    let size = |path: &&str| fs::metadata(path).map_or(0, |about| about.len());
    let mut paths: Vec<&str> = list.lines().collect();
    paths.sort_by_cached_key(|path| std::cmp::Reverse(size(path)));
    let (next, all) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let run = || {
        let mut own = Vec::new();
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            own.extend(structs(path));
        }
        if let Ok(mut all) = all.lock() {
            all.append(&mut own);
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            let _ = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        }
    });
    let all = all.into_inner().unwrap_or_default();
    let fields = all.iter().flat_map(|item| &item.fields);
    let checked: usize =
        fields.clone().map(|field| field.name.len() + field.ty.len() + field.line + field.column).sum();
    let items: usize = all.iter().map(|item| item.name.len() + item.attributes.len() + item.line + item.column).sum();
    println!("{} structs, {} fields, {}", all.len(), fields.count(), checked + items);
    Ok(())
}
