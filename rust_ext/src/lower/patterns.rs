//! Patterns, as far as they bind names.

use smol_str::format_smolstr;
use syn::{Member, Pat};

use super::{Lowering, name, segments};
use crate::ir::{Name, Pattern};

impl Lowering<'_> {
    pub fn pattern(&mut self, pattern: &Pat) -> Pattern {
        match pattern {
            Pat::Ident(bound) if bound.subpat.is_none() && bound.mutability.is_some() => {
                Pattern::Mutable(name(&bound.ident))
            }
            Pat::Ident(bound) if bound.subpat.is_none() => Pattern::Name(name(&bound.ident)),
            Pat::Type(typed) => self.pattern(&typed.pat),
            Pat::Paren(inner) => self.pattern(&inner.pat),
            Pat::Reference(inner) => self.pattern(&inner.pat),
            Pat::Guard(guarded) => self.pattern(&guarded.pat),
            Pat::Or(either) => either.cases.first().map_or(Pattern::Other, |first| self.pattern(first)),
            Pat::Tuple(tuple) => Pattern::Tuple(tuple.elems.iter().map(|part| self.pattern(part)).collect()),
            Pat::TupleStruct(wrapped) => {
                Pattern::Wrapped(segments(&wrapped.path), wrapped.elems.iter().map(|part| self.pattern(part)).collect())
            }
            Pat::Struct(fields) => Pattern::Struct(
                segments(&fields.path),
                fields.fields.iter().map(|field| (member(&field.member), self.pattern(&field.pat))).collect(),
            ),
            _ => Pattern::Other,
        }
    }
}

pub fn member(member: &Member) -> Name {
    match member {
        Member::Named(ident) => name(ident),
        Member::Unnamed(index) => format_smolstr!("{}", index.index),
    }
}
