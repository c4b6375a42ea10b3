//! Paths to what they name, across `use`, globs, re-exports and packages.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use super::{Found, Index, Item, Scope, Site};
use crate::ir::{Name, Use, blocks};

/// Longer chains of `use` are circles.
const LONGEST_CHAIN: usize = 32;

/// A glob counts as so many steps of a chain, since every glob of a module is tried.
const COST_OF_A_GLOB: usize = 8;

impl<'a> Index<'a> {
    /// What the path means where it is written.
    pub fn find(&self, site: Site<'a>, path: &[Name]) -> Arc<Found> {
        let place = (address(site.module), address(site.uses));
        let of_file = self.known.get(site.file);
        let read = of_file.and_then(|known| known.read().ok());
        if let Some(found) = read.as_ref().and_then(|known| known.get(&place)?.get(path)) {
            return Arc::clone(found);
        }
        drop(read);
        let found = Arc::new(self.search(site, path));
        if let Some(mut known) = of_file.and_then(|known| known.write().ok()) {
            known.entry(place).or_default().insert(path.to_vec(), Arc::clone(&found));
        }
        found
    }

    fn search(&self, site: Site, path: &[Name]) -> Found {
        self.lookup(site, path, 0).unwrap_or_else(|| Found::External(path.to_vec()))
    }

    fn lookup(&self, site: Site, path: &[Name], depth: usize) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        let package = self.files.get(site.file)?.package;
        match first.as_str() {
            "crate" => self.within(site.file, self.scope_at(package, &[])?, rest, depth),
            "self" => self.within(site.file, self.scope_at(package, blocks::module_of(site.module))?, rest, depth),
            "super" => {
                let parent = blocks::parent_of(site.module)?;
                if rest.first().is_some_and(|next| next == "super") {
                    return self.lookup(Site { module: parent, uses: &[], ..site }, rest, depth);
                }
                self.within(site.file, self.scope_at(package, parent)?, rest, depth)
            }
            _ => self.relative(site, package, path, depth),
        }
    }

    /// A path that begins with a name: of a `use` in the macro, of a block or the module, or of another package.
    fn relative(&self, site: Site, package: usize, path: &[Name], depth: usize) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        let bare = Site { uses: &[], ..site };
        if let Some(brought) = site.uses.iter().find(|brought| brought.name.as_ref() == Some(first)) {
            return self.through(bare, brought, rest, depth);
        }
        for glob in site.uses.iter().filter(|brought| brought.name.is_none()) {
            let target: Vec<Name> = glob.target.iter().chain(path).cloned().collect();
            if let Some(found) = self.lookup(bare, &target, depth + 1) {
                return Some(found);
            }
        }
        let mut scopes = blocks::scopes(site.module).filter_map(|module| self.scope_at(package, module));
        let here = scopes.find_map(|scope| self.within(site.file, scope, path, depth));
        here.or_else(|| self.within(site.file, self.dependency(package, first)?, rest, depth))
    }

    /// The root of another package, by its name in the code of this one.
    fn dependency(&self, package: usize, name: &str) -> Option<usize> {
        let dependencies = &self.packages.get(package)?.dependencies;
        let (_, package) = dependencies.iter().find(|(known, _)| known == name)?;
        self.scope_at(*self.package_of.get(package.as_str())?, &[])
    }

    fn scope_at(&self, package: usize, module: &[Name]) -> Option<usize> {
        self.scope_of.get(&(package, module)).copied()
    }

    /// A path below a module: what the module has itself, then what globs bring into it.
    fn within(&self, file: usize, scope: usize, path: &[Name], depth: usize) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        let globs = self.closures.get(scope).map(Vec::as_slice).unwrap_or_default();
        let mut scopes = std::iter::once(&scope).chain(globs);
        scopes.find_map(|scope| self.direct(file, *scope, first, rest, depth))
    }

    /// A path below a module, without its globs.
    fn direct(&self, file: usize, scope: usize, first: &str, rest: &[Name], depth: usize) -> Option<Found> {
        let scope = self.scopes.get(scope)?;
        if !rest.is_empty() {
            let child = scope.children.get(first);
            if let Some(found) = child.and_then(|child| self.within(file, *child, rest, depth)) {
                return Some(found);
            }
        }
        if let Some(item) = chosen(scope.items.get(first), file) {
            return Some(if rest.is_empty() { Found::Item(item) } else { Found::Member(item, rest.to_vec()) });
        }
        let brought = *scope.uses.get(first)?.first()?;
        // `use sqlx;` says nothing that the name does not.
        if brought.target.len() == 1 && brought.target.first().is_some_and(|only| only == first) {
            return None;
        }
        self.through(self.site_of(scope.package, written_in(brought), file)?, brought, rest, depth)
    }

    /// What a `use` leads to: the path itself, where nothing of ours stands behind it.
    fn through(&self, site: Site, brought: &Use, rest: &[Name], depth: usize) -> Option<Found> {
        let target: Vec<Name> = brought.target.iter().chain(rest).cloned().collect();
        let found = if depth < LONGEST_CHAIN { self.lookup(site, &target, depth + 1) } else { None };
        found.or(Some(Found::External(target)))
    }

    /// A site in a module of a package; the file decides between items of one name.
    fn site_of<'s>(&self, package: usize, module: &'s [Name], file: usize) -> Option<Site<'s>> {
        let same = self.files.get(file).is_some_and(|facts| facts.package == package);
        let file = if same { file } else { *self.first_files.get(package)?.as_ref()? };
        Some(Site { file, module, uses: &[] })
    }

    /// For every module, the modules whose names globs bring into it, the nearest first.
    pub(super) fn glob_closures(&self) -> Vec<Vec<usize>> {
        let targets = |scope: &Scope| -> Vec<usize> {
            let modules = scope.globs.iter().map(|glob| self.module(scope.package, &glob.module, &glob.target, 0));
            modules.flatten().collect()
        };
        let direct: Vec<Vec<usize>> = self.scopes.iter().map(targets).collect();
        let closure = |start: usize| {
            let mut found: Vec<usize> = Vec::new();
            let mut seen: HashSet<usize> = HashSet::from([start]);
            let mut pending: VecDeque<usize> = VecDeque::from([start]);
            while let Some(scope) = pending.pop_front() {
                for target in direct.get(scope).into_iter().flatten() {
                    if seen.insert(*target) {
                        found.push(*target);
                        pending.push_back(*target);
                    }
                }
            }
            found
        };
        (0..direct.len()).map(closure).collect()
    }

    /// The module that a path in a `use` names.
    pub(super) fn module(&self, package: usize, from: &[Name], path: &[Name], depth: usize) -> Option<usize> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.descend(self.scope_at(package, &[])?, rest, depth),
            "self" => self.descend(self.scope_at(package, blocks::module_of(from))?, rest, depth),
            "super" => {
                let parent = blocks::parent_of(from)?;
                match rest.first() {
                    Some(next) if next == "super" => self.module(package, parent, rest, depth),
                    _ => self.descend(self.scope_at(package, parent)?, rest, depth),
                }
            }
            _ => {
                let mut scopes = blocks::scopes(from).filter_map(|module| self.scope_at(package, module));
                let here = scopes.find_map(|scope| self.descend(scope, path, depth));
                here.or_else(|| self.descend(self.dependency(package, first)?, rest, depth))
            }
        }
    }

    /// A module below another: its own children and what `use` brings into it, then those that globs bring.
    fn descend(&self, scope: usize, path: &[Name], depth: usize) -> Option<usize> {
        if path.is_empty() {
            return Some(scope);
        }
        let globs = self.closures.get(scope).map(Vec::as_slice).unwrap_or_default();
        let through_glob = |glob: &usize| self.step(*glob, path, depth + COST_OF_A_GLOB);
        self.step(scope, path, depth).or_else(|| globs.iter().find_map(through_glob))
    }

    fn step(&self, scope: usize, path: &[Name], depth: usize) -> Option<usize> {
        let (first, rest) = path.split_first()?;
        let here = self.scopes.get(scope)?;
        if let Some(child) = here.children.get(first.as_str()) {
            return self.descend(*child, rest, depth);
        }
        let brought = *here.uses.get(first.as_str())?.first()?;
        if depth >= LONGEST_CHAIN {
            return None;
        }
        let target: Vec<Name> = brought.target.iter().chain(rest).cloned().collect();
        self.module(here.package, written_in(brought), &target, depth + 1)
    }
}

/// Where the path of a `use` begins: `use retry::retry;` in a block is not about itself.
fn written_in(brought: &Use) -> &[Name] {
    let itself = brought.name.is_some() && brought.name.as_ref() == brought.target.first();
    blocks::outside(&brought.module).filter(|_| itself).unwrap_or(&brought.module)
}

/// Address and length. Module paths and uses live as long as the index, so that this tells them apart.
fn address<T>(values: &[T]) -> (usize, usize) {
    let start = if values.is_empty() { 0 } else { values.as_ptr().addr() };
    (start, values.len())
}

/// Of items with one name (several binaries, `cfg` variants): that of the same file, else the first.
fn chosen(items: Option<&Vec<(usize, Item)>>, file: usize) -> Option<Item> {
    let items = items?;
    let same = items.iter().find(|(other, _)| *other == file);
    same.or(items.first()).map(|(_, item)| *item)
}
