//! Types as written.

use proc_macro2::Span;
use smol_str::format_smolstr;
use syn::{GenericArgument, PathArguments, PointerMutability, ReturnType};

use super::ends::Ends;
use super::{Lowering, name, place_of};
use crate::ir::{Name, Type};

/// Deeper arguments are left to the text: no row or boundary needs them, and the reader in Python recurses.
const DEEPEST_TYPE: usize = 24;

impl Lowering<'_> {
    pub fn ty(&self, ty: &syn::Type) -> Type {
        lower(ty, 0)
    }

    /// The result type, `None` for the unit.
    pub fn result(&self, output: &ReturnType) -> Option<Type> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(self.ty(ty)).filter(|ty| !is_unit(ty)),
        }
    }

    /// The generic arguments of a path's last segment that has any.
    pub fn generics(&self, path: &syn::Path) -> Vec<Type> {
        let mut found = path.segments.iter().rev().map(|segment| arguments(&segment.arguments, 0));
        found.find(|arguments| !arguments.is_empty()).unwrap_or_default()
    }

    pub fn turbofish(&self, written: Option<&syn::AngleBracketedGenericArguments>) -> Vec<Type> {
        written.map(|written| bracketed(written, 0)).unwrap_or_default()
    }
}

fn is_unit(ty: &Type) -> bool {
    ty.segments == ["()"] && ty.arguments.is_empty()
}

fn lower(ty: &syn::Type, depth: usize) -> Type {
    match ty {
        syn::Type::Paren(inner) => return lower(&inner.elem, depth),
        syn::Type::Group(inner) => return lower(&inner.elem, depth),
        _ => {}
    }
    let mut lowered = if depth > DEEPEST_TYPE { sign("…", Vec::new()) } else { shape(ty, depth + 1) };
    lowered.place = place_of(ty);
    lowered.text = match simple(ty) {
        Some(ident) => ident,
        None => source(ty.first().join(ty.last())).into(),
    };
    lowered
}

/// The text of a type that is one name.
fn simple(ty: &syn::Type) -> Option<Name> {
    let syn::Type::Path(path) = ty else {
        return None;
    };
    let ident = path.path.get_ident().filter(|_| path.qself.is_none() && path.attrs.is_empty())?;
    Some(format_smolstr!("{ident}"))
}

fn shape(ty: &syn::Type, depth: usize) -> Type {
    match ty {
        syn::Type::Path(path) => from_path(&path.path, depth),
        syn::Type::Reference(to) => {
            sign(if to.mutability.is_some() { "&mut" } else { "&" }, vec![lower(&to.elem, depth)])
        }
        syn::Type::Ptr(to) => {
            let mutable = matches!(to.mutability, PointerMutability::Mut(_));
            sign(if mutable { "*mut" } else { "*const" }, vec![lower(&to.elem, depth)])
        }
        syn::Type::Slice(of) => sign("[]", vec![lower(&of.elem, depth)]),
        syn::Type::Array(of) => sign("[;]", vec![lower(&of.elem, depth), constant(&of.len)]),
        syn::Type::Tuple(of) => sign("()", of.elems.iter().map(|elem| lower(elem, depth)).collect()),
        syn::Type::FnPtr(function) => {
            let mut parts: Vec<Type> = function.inputs.iter().map(|input| lower(&input.ty, depth)).collect();
            if let ReturnType::Type(_, output) = &function.output {
                parts.push(lower(output, depth));
            }
            sign("fn", parts)
        }
        syn::Type::Never(_) => sign("!", Vec::new()),
        syn::Type::ImplTrait(_) => sign("impl", Vec::new()),
        syn::Type::TraitObject(_) => sign("dyn", Vec::new()),
        syn::Type::Infer(_) => sign("_", Vec::new()),
        _ => sign("…", Vec::new()),
    }
}

fn sign(sign: &str, arguments: Vec<Type>) -> Type {
    Type { segments: vec![sign.into()], arguments, ..Type::default() }
}

fn from_path(path: &syn::Path, depth: usize) -> Type {
    let arguments = path.segments.last().map(|last| arguments(&last.arguments, depth));
    Type {
        segments: path.segments.iter().map(|segment| name(&segment.ident)).collect(),
        arguments: arguments.unwrap_or_default(),
        ..Type::default()
    }
}

fn arguments(arguments: &PathArguments, depth: usize) -> Vec<Type> {
    match arguments {
        PathArguments::None => Vec::new(),
        PathArguments::AngleBracketed(written) => bracketed(written, depth),
        PathArguments::Parenthesized(written) => written.inputs.iter().map(|input| lower(&input.ty, depth)).collect(),
    }
}

fn bracketed(written: &syn::AngleBracketedGenericArguments, depth: usize) -> Vec<Type> {
    let lowered = |argument: &GenericArgument| match argument {
        GenericArgument::Type(ty) => Some(lower(ty, depth)),
        GenericArgument::Const(value) => Some(constant(value)),
        _ => None,
    };
    written.args.iter().filter_map(lowered).collect()
}

fn constant(value: &syn::Expr) -> Type {
    let text = text_of(value);
    Type { text: text.clone().into(), place: place_of(value), ..sign(&text, Vec::new()) }
}

/// The source text with single blanks.
pub(super) fn text_of(node: &impl syn::spanned::Spanned) -> String {
    source(Some(node.span()))
}

fn source(span: Option<Span>) -> String {
    let text = span.and_then(|span| span.source_text()).unwrap_or_default();
    if !text.contains(|sign: char| sign.is_whitespace()) {
        return text;
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
