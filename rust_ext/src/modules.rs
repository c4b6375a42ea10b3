//! The files of packages: from their roots along `mod`, never from a walk of the disk.

use std::collections::HashSet;
use std::sync::Arc;

use rayon::ThreadPool;

use crate::bodies::{self, Words};
use crate::disk::Disk;
use crate::ir::{FileFacts, ModuleFile, ModulePath, Type};
use crate::lower::Position;
use crate::pool::map;
use crate::source;

/// A package as its manifest describes it.
#[derive(Debug, Clone)]
pub struct Package {
    pub name: String,
    pub manifest: String,
    pub service: bool,
    pub libraries: Vec<String>,
    pub roots: Vec<String>,
    /// Name in the code, package.
    pub dependencies: Vec<(String, String)>,
    /// Database library, feature.
    pub features: Vec<(String, String)>,
}

/// All files of all packages, each once, sorted by path. A file of two packages belongs to the first.
///
/// Which bodies can be left out depends on words that other files may bring by another name: where one is in a body that
/// was left out, its file is read again.
pub fn read(disk: &Disk, packages: &[Package], pool: &ThreadPool) -> Vec<FileFacts> {
    let mut read = waves(disk, packages, pool);
    let mut words = Words::default();
    loop {
        let more = renamed(&read);
        if more.is_subset(&words) {
            break;
        }
        words.extend(more);
        let again = map(pool, &read, |(position, facts)| again(disk, position, facts, &words));
        for ((_, facts), again) in read.iter_mut().zip(again) {
            if let Some(again) = again.flatten() {
                *facts = again;
            }
        }
    }
    let mut files: Vec<FileFacts> = read.into_iter().map(|(_, facts)| facts).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The file with more words that count, where that makes a difference.
fn again(disk: &Disk, position: &Position, facts: &FileFacts, words: &Words) -> Option<FileFacts> {
    let mut again = source::again(disk, position, &facts.silent, words)?;
    for module in std::mem::take(&mut again.modules) {
        follow(disk, &mut again, module, &mut Vec::new());
    }
    Some(again)
}

/// The other names that the files give to words which make a body count.
fn renamed(files: &[(Position, FileFacts)]) -> Words {
    let mut found = Words::default();
    for (_, file) in files {
        for brought in &file.uses {
            if let (Some(name), Some(last)) = (&brought.name, brought.target.last()) {
                let module = name.starts_with(char::is_uppercase) && last.starts_with(char::is_lowercase);
                if name != last && !bodies::matters(name) && (module || bodies::matters(last)) {
                    found.insert(name.clone().to_string());
                }
            }
        }
        let rows = file.aliases.iter().filter(|alias| !bodies::matters(&alias.name) && names_a_row(&alias.ty));
        found.extend(rows.map(|alias| alias.name.to_string()));
    }
    found
}

fn names_a_row(ty: &Type) -> bool {
    ty.segments.iter().any(|name| name == "Statement" || bodies::names_a_row(name))
        || ty.arguments.iter().any(names_a_row)
}

fn waves(disk: &Disk, packages: &[Package], pool: &ThreadPool) -> Vec<(Position, FileFacts)> {
    let mut seen: HashSet<Arc<str>> = HashSet::new();
    let none = Words::default();
    let mut read: Vec<(Position, FileFacts)> = Vec::new();
    let mut wave: Vec<Position> = Vec::new();
    for (package, description) in packages.iter().enumerate() {
        for path in &description.roots {
            let path: Arc<str> = Arc::from(path.as_str());
            if seen.insert(Arc::clone(&path)) {
                wave.push(Position { package, path, module: ModulePath::default(), beside: true });
            }
        }
    }
    while !wave.is_empty() {
        let results = map(pool, &wave, |position| source::facts(disk, position, &none));
        let mut next = Vec::new();
        for (facts, position) in results.into_iter().zip(&wave) {
            let mut facts = facts.unwrap_or_else(|| stopped(position));
            for module in std::mem::take(&mut facts.modules) {
                follow(disk, &mut facts, module, &mut next);
            }
            read.push((position.clone(), facts));
        }
        next.sort();
        next.retain(|position: &Position| seen.insert(Arc::clone(&position.path)));
        wave = next;
    }
    read
}

/// Adds the file of `mod name;`, or says that there is none.
fn follow(disk: &Disk, facts: &mut FileFacts, module: ModuleFile, next: &mut Vec<Position>) {
    let found = module.candidates.iter().find(|path| disk.is_file(path));
    match found {
        Some(path) => next.push(Position {
            package: facts.package,
            path: Arc::from(path.as_str()),
            beside: module.candidates.len() == 1 || path.ends_with("/mod.rs"),
            module: module.module,
        }),
        None => {
            let tried: Vec<String> = module.candidates.iter().map(|path| format!("`{path}`")).collect();
            facts.gaps.push((module.place, format!("the file of this module is missing: {}", tried.join(" or "))));
        }
    }
}

fn stopped(position: &Position) -> FileFacts {
    let place = crate::ir::Place { line: 1, column: 1, end_line: 1, end_column: 2 };
    FileFacts {
        path: Arc::clone(&position.path),
        package: position.package,
        module: position.module.clone(),
        unread: vec![(place, "the reader stopped inside this file: please report it with the file".to_owned())],
        ..FileFacts::default()
    }
}
