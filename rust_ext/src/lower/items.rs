//! Items: structs, enums, aliases, constants and functions.

use std::sync::Arc;

use syn::{FnArg, ImplItem, Item, Signature, TraitItem};

use super::attributes::{derive_paths, derives, integer, mapping, only_for_tests};
use super::{Lowering, OwnerOf, macros, name, place, place_of, routes};
use crate::ir::{
    Alias, Body, Constant, EnumItem, Expr, Function, Owner, Parameter, Pattern, Place, StructField, StructItem, Type,
    VariantItem, function_name,
};

impl Lowering<'_> {
    pub fn items(&mut self, items: &[Item], owner: OwnerOf) {
        for item in items {
            self.item(item, owner);
        }
    }

    pub fn item(&mut self, item: &Item, owner: OwnerOf) {
        if only_for_tests(attributes_of(item)) {
            return;
        }
        match item {
            Item::Struct(item) => self.structure(item),
            Item::Enum(item) => {
                self.opaque(&item.ident);
                self.enumeration(item);
            }
            Item::Union(item) => self.opaque(&item.ident),
            Item::Type(item) => {
                let parameters = item.generics.type_params().map(|parameter| name(&parameter.ident)).collect();
                let alias =
                    Alias { module: self.module.clone(), name: name(&item.ident), parameters, ty: self.ty(&item.ty) };
                self.facts.aliases.push(alias);
            }
            Item::Const(item) => self.constant(&item.ident, &item.expr, None),
            Item::Static(item) => self.constant(&item.ident, &item.expr, None),
            Item::Fn(item) => {
                self.definition(&item.attrs, &item.sig);
                self.function(&item.attrs, &item.sig, &item.block, owner);
            }
            Item::Impl(item) => self.implementation(item),
            Item::Trait(item) => self.interface(item),
            Item::Mod(item) => self.submodule(item),
            Item::Use(item) => {
                let mut uses = Vec::new();
                self.tree(&item.tree, Vec::new(), &mut uses);
                self.facts.uses.append(&mut uses);
            }
            Item::ForeignMod(block) => self.foreign(block),
            Item::Macro(item) => {
                self.tables(&item.mac);
                if let Some(ident) = item.ident.as_ref().filter(|_| item.mac.path.is_ident("macro_rules")) {
                    self.rules(ident, &item.mac);
                }
                if let Some(place) = macros::include_place(&item.mac) {
                    self.facts.gaps.push((place, "code that a build script or `include!` brings in".to_owned()));
                }
            }
            _ => {}
        }
    }

    fn structure(&mut self, item: &syn::ItemStruct) {
        let fields = item.fields.iter().enumerate();
        let fields = fields
            .map(|(index, field)| StructField {
                name: field.ident.as_ref().map_or_else(|| index.to_string().into(), name),
                ty: self.ty(&field.ty),
                place: field.ident.as_ref().map_or_else(
                    || place_of(&field.ty),
                    |ident| {
                        let end = place_of(&field.ty);
                        Place { end_line: end.end_line, end_column: end.end_column, ..place(ident.span()) }
                    },
                ),
                attributes: mapping(&field.attrs),
                types: self.attribute_types(&field.attrs),
            })
            .collect();
        let lowered = StructItem {
            module: self.module.clone(),
            name: name(&item.ident),
            derives: derives(&item.attrs),
            attributes: mapping(&item.attrs),
            types: self.attribute_types(&item.attrs),
            fields,
            tuple: !matches!(item.fields, syn::Fields::Named(_)),
            place: place(item.ident.span()),
        };
        self.facts.structs.push(lowered);
    }

    fn enumeration(&mut self, item: &syn::ItemEnum) {
        let variants = item.variants.iter().map(|variant| VariantItem {
            name: name(&variant.ident),
            number: variant.discriminant.as_ref().and_then(|(_, value)| number(value)),
            attributes: mapping(&variant.attrs),
            place: place(variant.ident.span()),
        });
        let lowered = EnumItem {
            module: self.module.clone(),
            name: name(&item.ident),
            derives: derive_paths(&item.attrs),
            attributes: mapping(&item.attrs),
            types: self.attribute_types(&item.attrs),
            repr: integer(&item.attrs),
            variants: variants.collect(),
            place: place(item.ident.span()),
        };
        self.facts.enums.push(lowered);
    }

    fn opaque(&mut self, ident: &syn::Ident) {
        self.facts.others.push((self.module.clone(), name(ident)));
    }

    fn constant(&mut self, ident: &syn::Ident, value: &syn::Expr, owner: OwnerOf) {
        let owner = owner.and_then(|owner| owner.ty.segments.last().cloned());
        let constant =
            Constant { module: self.module.clone(), name: name(ident), owner, value: self.expression(value) };
        self.facts.constants.push(constant);
    }

    fn implementation(&mut self, item: &syn::ItemImpl) {
        self.entity_name(item);
        let owner = Arc::new(Owner { ty: self.ty(&item.self_ty) });
        if routes::is_tonic(&item.attrs) {
            let reason = "a service of tonic: its messages come from a build script, and its methods are not followed";
            self.facts.gaps.push((place_of(&*item.self_ty), reason.to_owned()));
        }
        for part in &item.items {
            match part {
                ImplItem::Fn(function) if !only_for_tests(&function.attrs) => {
                    self.definition(&function.attrs, &function.sig);
                    self.function(&function.attrs, &function.sig, &function.block, Some(&owner));
                }
                ImplItem::Const(constant) => self.constant(&constant.ident, &constant.expr, Some(&owner)),
                ImplItem::Type(item) if item.generics.params.is_empty() => {
                    let (module, ty) = (self.module.clone(), self.ty(&item.ty));
                    let alias = Alias { module, name: name(&item.ident), parameters: Vec::new(), ty };
                    self.facts.associated.push((Arc::clone(&owner), alias));
                }
                _ => {}
            }
        }
    }

    /// Default bodies of a trait; `Self` in them is not known.
    fn interface(&mut self, item: &syn::ItemTrait) {
        let ty = Type { segments: vec![name(&item.ident)], ..Type::default() };
        let owner = Arc::new(Owner { ty });
        for part in &item.items {
            if let TraitItem::Fn(function) = part {
                match &function.default {
                    Some(block) => self.function(&function.attrs, &function.sig, block, Some(&owner)),
                    None => self.signature(&[], &function.sig, Some(&owner), Body::Known(Expr::Computed(Vec::new()))),
                }
            }
        }
    }

    fn function(&mut self, attributes: &[syn::Attribute], signature: &Signature, block: &syn::Block, owner: OwnerOf) {
        let called = function_name(owner.map(|owner| &**owner), &name(&signature.ident));
        let outer = std::mem::replace(&mut self.function, called);
        let body = self.body(block);
        self.signature(attributes, signature, owner, body);
        self.function = outer;
    }

    fn body(&mut self, block: &syn::Block) -> Body {
        if block.stmts.is_empty() && !self.later.is_empty() {
            let start = block.brace_token.span.open().start();
            if let Some(number) = self.later.at(start.line, start.column) {
                self.taken += 1;
                return Body::Later(number);
            }
        }
        Body::Known(self.block(block))
    }

    fn signature(&mut self, attributes: &[syn::Attribute], signature: &Signature, owner: OwnerOf, body: Body) {
        let mut parameters = Vec::new();
        for input in &signature.inputs {
            if let FnArg::Typed(typed) = input {
                parameters.push(Parameter { pattern: self.pattern(&typed.pat), ty: self.ty(&typed.ty) });
            }
        }
        if signature.receiver().is_some() {
            let ty = Type { segments: vec!["Self".into()], ..Type::default() };
            parameters.insert(0, Parameter { pattern: Pattern::Name("self".into()), ty });
        }
        let function = Function {
            module: self.module.clone(),
            name: name(&signature.ident),
            owner: owner.cloned(),
            parameters,
            result: self.result(&signature.output),
            routes: routes::routes(attributes),
            body,
            place: place(signature.ident.span()),
        };
        self.facts.functions.push(function);
    }
}

/// A discriminant that is written as a number.
fn number(value: &syn::Expr) -> Option<i64> {
    match value {
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Int(digits) => digits.base10_parse().ok(),
            _ => None,
        },
        syn::Expr::Unary(negative) if matches!(negative.op, syn::UnOp::Neg(_)) => {
            number(&negative.expr).and_then(i64::checked_neg)
        }
        syn::Expr::Paren(inner) => number(&inner.expr),
        syn::Expr::Cast(inner) => number(&inner.expr),
        _ => None,
    }
}

pub fn attributes_of(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
