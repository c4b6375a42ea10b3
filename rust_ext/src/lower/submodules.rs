//! Modules and what `use` brings into them.

use syn::UseTree;

use super::attributes::named;
use super::{Lowering, name, place_of};
use crate::ir::{ModuleFile, ModulePath, Name, Use};
use crate::paths;

impl Lowering<'_> {
    pub(super) fn submodule(&mut self, item: &syn::ItemMod) {
        let inside = self.inside(name(&item.ident));
        let outer = std::mem::replace(&mut self.module, inside);
        match &item.content {
            Some((_, items)) => {
                self.inline.push(name(&item.ident));
                self.items(items, None);
                self.inline.pop();
            }
            None => {
                let candidates = self.candidates(item);
                let place = place_of(item);
                self.facts.modules.push(ModuleFile { module: self.module.clone(), candidates, place });
            }
        }
        self.module = outer;
    }

    /// The path of a module in the present one.
    pub(super) fn inside(&self, name: Name) -> ModulePath {
        self.module.iter().cloned().chain([name]).collect()
    }

    /// The files that `mod name;` may stand for, as the Rust reference says ("Module source filenames").
    fn candidates(&self, item: &syn::ItemMod) -> Vec<String> {
        let within = self.stem.as_deref().unwrap_or("");
        let nested = paths::join(&paths::join(&self.folder, within), &self.inline.join("/"));
        if let Some(Some(path)) = named(&item.attrs, "path") {
            let base = if self.inline.is_empty() { &self.folder } else { &nested };
            return vec![paths::join(base, &path)];
        }
        let name = name(&item.ident);
        vec![paths::join(&nested, &format!("{name}.rs")), paths::join(&nested, &format!("{name}/mod.rs"))]
    }

    pub(super) fn tree(&self, tree: &UseTree, mut path: Vec<Name>, uses: &mut Vec<Use>) {
        let module = self.module.clone();
        match tree {
            UseTree::Path(step) => {
                path.push(name(&step.ident));
                self.tree(&step.tree, path, uses);
            }
            UseTree::Name(last) if last.ident == "self" => {
                uses.push(Use { module, name: path.last().cloned(), target: path });
            }
            UseTree::Name(last) => {
                path.push(name(&last.ident));
                uses.push(Use { module, name: Some(name(&last.ident)), target: path });
            }
            // `use Context as _;` brings a trait, and no name.
            UseTree::Rename(last) if last.rename == "_" => {}
            UseTree::Rename(last) => {
                if last.ident != "self" {
                    path.push(name(&last.ident));
                }
                uses.push(Use { module, name: Some(name(&last.rename)), target: path });
            }
            UseTree::Glob(_) => uses.push(Use { module, name: None, target: path }),
            UseTree::Group(group) => {
                for part in &group.items {
                    self.tree(part, path.clone(), uses);
                }
            }
        }
    }
}
