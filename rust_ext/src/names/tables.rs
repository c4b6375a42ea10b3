//! Tables of diesel by their paths.

use super::{Index, Site};
use crate::ir::{Name, blocks};

impl<'a> Index<'a> {
    /// `package::module::name` of the table that a path names, where one of the packages declares it.
    pub fn table(&self, site: Site<'a>, path: &[Name]) -> Option<String> {
        let (file, table) = *self.tables.get(self.table_at(site, path)?)?;
        let package = self.files.get(file).and_then(|file| self.packages.get(file.package))?;
        Some(format!("{}::{}", package.name, blocks::written(&table.inside)))
    }

    fn table_at(&self, site: Site<'a>, path: &[Name]) -> Option<usize> {
        let package = self.files.get(site.file)?.package;
        // `users::table` is a type inside of the module.
        let path = match path {
            [rest @ .., last] if last == "table" && !rest.is_empty() => rest,
            path => path,
        };
        self.table_of.get(&self.module(package, site.module, path, 0)?).copied()
    }
}
