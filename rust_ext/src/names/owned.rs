//! What implementations hold beside functions: constants and types.

use rustc_hash::FxHashMap;

use super::{Index, Site, StructId};
use crate::ir::Alias;

impl<'a> Index<'a> {
    /// A constant of an implementation, by the name of its type: one of the file, else the only one there is.
    pub fn owned_constant(&self, file: usize, owner: &str, name: &str) -> Option<(usize, usize)> {
        let found = self.owned.get(&(owner, name))?;
        let mut here = found.iter().filter(|(other, _)| *other == file);
        match (here.next(), here.next(), found.as_slice()) {
            (Some(only), None, _) | (None, _, [only]) => Some(*only),
            _ => None,
        }
    }

    pub(super) fn add_associated(&mut self) {
        let mut associated: FxHashMap<(StructId, &'a str), Vec<(usize, &'a Alias)>> = FxHashMap::default();
        let files = self.files;
        for (number, file) in files.iter().enumerate() {
            for (owner, alias) in &file.associated {
                let site = Site { file: number, module: &alias.module, uses: &[] };
                if let Some(strukt) = self.ty(site, &owner.ty, None).bare().strukt {
                    associated.entry((strukt, &alias.name)).or_default().push((number, alias));
                }
            }
        }
        self.associated = associated;
    }

    /// `Self::Entity`: the only type of that name that an implementation for the struct gives.
    pub(super) fn associated(&self, of: StructId, name: &str) -> Option<(usize, &'a Alias)> {
        match self.associated.get(&(of, name)).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            _ => None,
        }
    }
}
