//! Functions at the boundary to other languages.

use syn::{FnArg, ForeignItem, Signature};

use super::attributes::{named, only_for_tests};
use super::{Lowering, name, place_of};
use crate::ir::Foreign;

impl Lowering<'_> {
    pub(super) fn foreign(&mut self, block: &syn::ItemForeignMod) {
        for item in &block.items {
            if let ForeignItem::Fn(function) = item {
                if only_for_tests(&function.attrs) {
                    continue;
                }
                let written = named(&function.attrs, "link_name").flatten();
                let symbol = written.unwrap_or_else(|| name(&function.sig.ident));
                let foreign = self.boundary(&function.sig, symbol.to_string(), true, abi(Some(&block.abi)));
                self.facts.foreign.push(foreign);
            }
        }
    }

    /// An exported definition: `#[no_mangle]` or `#[export_name = ".."]`.
    pub(super) fn definition(&mut self, attributes: &[syn::Attribute], signature: &Signature) {
        let renamed = named(attributes, "export_name").flatten();
        if renamed.is_none() && named(attributes, "no_mangle").is_none() {
            return;
        }
        let symbol = renamed.unwrap_or_else(|| name(&signature.ident));
        let foreign = self.boundary(signature, symbol.to_string(), false, abi(signature.abi.as_ref()));
        self.facts.foreign.push(foreign);
    }

    fn boundary(&self, signature: &Signature, symbol: String, declared: bool, abi: String) -> Foreign {
        let inputs = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(self.ty(&typed.ty)),
            FnArg::Receiver(_) => None,
        });
        Foreign {
            module: self.module.clone(),
            symbol,
            declared,
            abi,
            parameters: inputs.collect(),
            result: self.result(&signature.output),
            variadic: signature.variadic.is_some(),
            place: place_of(signature),
        }
    }
}

/// `extern` without a name is "C"; no `extern` at all is Rust's own.
fn abi(abi: Option<&syn::Abi>) -> String {
    match abi {
        None => "Rust".to_owned(),
        Some(abi) => abi.name.as_ref().map_or_else(|| "C".to_owned(), syn::LitStr::value),
    }
}
