//! Names that patterns bind.

use super::kinds::QUERY;
use super::values::inside;
use super::{Follower, Origin, Value, texts};
use crate::ir::{Name, Pattern};
use crate::names::{Found, Item, StructId};

impl Follower<'_> {
    pub(super) fn bind(&mut self, pattern: &Pattern, value: Value) {
        match pattern {
            Pattern::Mutable(name) => {
                if let Some(query) = value.query.filter(|_| value.ty.as_ref().is_some_and(|ty| ty.name == QUERY)) {
                    self.unbound(query);
                }
                let built = if value.text.is_some() { Some(texts::CHANGED) } else { value.built };
                let value = Value { text: None, also: Vec::new(), built, loose: true, ..value };
                self.names.push((name.clone(), value));
            }
            Pattern::Name(name) => self.names.push((name.clone(), value)),
            Pattern::Tuple(parts) => {
                let types = value.ty.as_ref().map(|ty| ty.bare().arguments.clone()).unwrap_or_default();
                for (index, part) in parts.iter().enumerate() {
                    self.bind(part, Value { ty: types.get(index).cloned(), ..Value::default() });
                }
            }
            Pattern::Wrapped(path, parts) => {
                let first = self.unwrapped(path, &value);
                for (index, part) in parts.iter().enumerate() {
                    let part_value = if index == 0 { first.clone() } else { Value::default() };
                    self.bind(part, part_value);
                }
            }
            Pattern::Struct(path, fields) => {
                let strukt = self.struct_of(path).or(value.strukt());
                for (name, part) in fields {
                    let field = strukt.map_or_else(Value::default, |strukt| self.field(strukt, name));
                    self.bind(part, field);
                }
            }
            Pattern::Other => {}
        }
    }

    /// The value under `Some(..)`, `Ok(..)`, `Json(..)` or a newtype.
    fn unwrapped(&self, path: &[Name], value: &Value) -> Value {
        let last = path.last().map_or("", Name::as_str);
        match last {
            "Err" | "Break" => Value::default(),
            "Some" | "Ok" => inside(value),
            _ => match self.struct_of(path) {
                Some(newtype) => value.clone().typed(self.field_type(newtype, "0").cloned()),
                None if value.ty.as_ref().is_some_and(|ty| ty.name == last) => {
                    let inner = value.ty.as_ref().and_then(|ty| ty.arguments.first().cloned());
                    value.clone().typed(inner)
                }
                None => Value::default(),
            },
        }
    }

    /// The struct that a path in a pattern or literal names.
    pub(super) fn struct_of(&self, path: &[Name]) -> Option<StructId> {
        if path.len() == 1 && path.first().is_some_and(|only| only == "Self") {
            return self.signature.own.as_ref().and_then(|own| own.strukt);
        }
        match &*self.index.find(self.site, path) {
            Found::Item(Item::Struct(id)) => Some(*id),
            Found::Item(Item::Alias(..)) => {
                let ty = crate::ir::Type { segments: path.to_vec(), ..Default::default() };
                self.ty(&ty).bare().strukt
            }
            _ => None,
        }
    }

    /// A field of a struct as a value that remembers it.
    pub(super) fn field(&self, strukt: StructId, name: &str) -> Value {
        Value {
            ty: self.field_type(strukt, name).cloned(),
            origin: Some(Origin { owner: strukt, field: name.into(), casts: Vec::new() }),
            ..Value::default()
        }
    }
}
