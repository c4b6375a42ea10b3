//! The types of functions and fields, resolved once.

use super::{FunctionId, Index, Site, StructId, Ty};
use crate::ir::Function;

/// What a function takes and gives.
#[derive(Debug, Default)]
pub struct Signature {
    /// What `Self` means in it.
    pub own: Option<Ty>,
    pub parameters: Vec<Ty>,
    pub result: Option<Ty>,
}

impl<'a> Index<'a> {
    pub fn signature(&self, id: FunctionId) -> Option<&Signature> {
        let known = self.signatures.get(id)?;
        Some(known.get_or_init(|| self.function(id).map(|(site, item)| self.signed(site, item)).unwrap_or_default()))
    }

    fn signed(&self, site: Site<'a>, function: &Function) -> Signature {
        let own = function.owner.as_ref().map(|owner| self.ty(site, &owner.ty, None));
        let parameters = function.parameters.iter();
        Signature {
            parameters: parameters.map(|parameter| self.ty(site, &parameter.ty, own.as_ref())).collect(),
            result: function.result.as_ref().map(|ty| self.ty(site, ty, own.as_ref())),
            own,
        }
    }

    /// The types of a struct's fields in their order, as its own file means them.
    pub fn field_types(&self, id: StructId) -> &[Ty] {
        let resolved = || {
            let Some((file, item)) = self.structs.get(id) else {
                return Vec::new();
            };
            let site = Site { file: *file, module: &item.module, uses: &[] };
            item.fields.iter().map(|field| self.ty(site, &field.ty, None)).collect()
        };
        self.fields.get(id).map(|known| known.get_or_init(resolved).as_slice()).unwrap_or_default()
    }

    pub fn field_type(&self, id: StructId, name: &str) -> Option<&Ty> {
        let at = self.structure(id)?.fields.iter().position(|field| field.name == name)?;
        self.field_types(id).get(at)
    }
}
