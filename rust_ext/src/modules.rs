//! The files of packages: from their roots along `mod`, never from a walk of the disk.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use crate::ir::{FileFacts, ModuleFile};
use crate::lower::Position;
use crate::{pool, source};

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
pub fn read(root: &Path, packages: &[Package], threads: usize) -> Vec<FileFacts> {
    let mut seen: HashSet<Arc<str>> = HashSet::new();
    let mut read: Vec<FileFacts> = Vec::new();
    let mut wave: Vec<Position> = Vec::new();
    for (package, description) in packages.iter().enumerate() {
        for path in &description.roots {
            let path: Arc<str> = Arc::from(path.as_str());
            if seen.insert(Arc::clone(&path)) {
                wave.push(Position { package, path, module: Vec::new(), beside: true });
            }
        }
    }
    while !wave.is_empty() {
        let results = pool::map(&wave, threads, |position| source::facts(root, position));
        let mut next = Vec::new();
        for (facts, position) in results.into_iter().zip(&wave) {
            let mut facts = facts.unwrap_or_else(|| stopped(position));
            for module in std::mem::take(&mut facts.modules) {
                follow(root, &mut facts, module, &mut next);
            }
            read.push(facts);
        }
        next.sort();
        next.retain(|position: &Position| seen.insert(Arc::clone(&position.path)));
        wave = next;
    }
    read.sort_by(|a, b| a.path.cmp(&b.path));
    read
}

/// Adds the file of `mod name;`, or says that there is none.
fn follow(root: &Path, facts: &mut FileFacts, module: ModuleFile, next: &mut Vec<Position>) {
    let found = module.candidates.iter().find(|path| root.join(path).is_file());
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
