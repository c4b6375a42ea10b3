//! The packages of files.

use super::Index;

impl Index<'_> {
    pub fn package_name(&self, file: usize) -> String {
        let package = self.files.get(file).and_then(|file| self.packages.get(file.package));
        package.map(|package| package.name.clone()).unwrap_or_default()
    }

    /// Whether a name in the code of a file's package means that crate: its own name, or the one of the manifest.
    pub fn is_crate(&self, file: usize, name: &str, wanted: &str) -> bool {
        let package = self.files.get(file).and_then(|file| self.packages.get(file.package));
        let mut renamed = package.into_iter().flat_map(|package| &package.dependencies);
        name == wanted.replace('-', "_") || renamed.any(|(known, package)| known == name && package == wanted)
    }
}
