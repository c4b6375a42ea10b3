//! Calls of functions, constructors and conversions.

use std::slice::from_ref;

use super::kinds::core;
use super::values::with_cast;
use super::{Follower, Value};
use crate::ir::{Expr, Name, Place, Type};
use crate::model::Cast;
use crate::names::{Found, FunctionId, Item, Ty};

/// A function to call: its path, its generic arguments and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Callee<'a> {
    pub path: &'a [Name],
    pub generics: &'a [Type],
    pub place: Place,
}

impl Follower<'_> {
    pub(super) fn call(&mut self, function: &Expr, arguments: &[Expr], place: Place, wanted: Option<&Ty>) -> Value {
        let Expr::Path { segments, generics, .. } = function else {
            self.value(function, None);
            self.all(arguments, &[]);
            return Value::default();
        };
        if let Some(call) = self.query_function(segments) {
            return self.query_call(call, generics, arguments, place, wanted);
        }
        if self.is_raw_sql(segments) {
            return self.raw_query(arguments, place);
        }
        if self.is_diesel_query(segments) {
            return self.diesel_query(arguments, place);
        }
        if self.is_statement(segments) {
            return self.statement(arguments, place);
        }
        if is_query_builder(segments) {
            self.built_query(place);
        }
        let types = self.target(segments).map(|id| self.parameter_types(id)).unwrap_or_default();
        let values = match self.struct_of(segments) {
            _ if !types.is_empty() => self.all(arguments, types),
            Some(newtype) => self.all(arguments, self.field_type(newtype, "0").map(from_ref).unwrap_or_default()),
            None => self.all(arguments, passed_on(segments, wanted)),
        };
        if let Some(selection) = self.found_by_statement(segments, generics, &values) {
            return selection;
        }
        self.call_path(Callee { path: segments, generics, place }, values, wanted)
    }

    fn all(&mut self, arguments: &[Expr], types: &[Ty]) -> Vec<Value> {
        arguments.iter().enumerate().map(|(at, argument)| self.value(argument, types.get(at))).collect()
    }

    /// The function of the workspace that a path names.
    pub(super) fn target(&self, path: &[Name]) -> Option<FunctionId> {
        if let ([first, name], Some(own)) = (path, self.signature.own.as_ref().and_then(|own| own.strukt)) {
            if first == "Self" {
                return self.index.method(own, name);
            }
        }
        match &*self.index.find(self.site, path) {
            Found::Item(Item::Function(id)) => Some(*id),
            Found::Member(Item::Struct(strukt), rest) => match rest.as_slice() {
                [name] => self.index.method(*strukt, name),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn call_path(&mut self, callee: Callee, values: Vec<Value>, wanted: Option<&Ty>) -> Value {
        let last = callee.path.last().map_or("", Name::as_str);
        if callee.path.len() > 1 && matches!(last, "from" | "try_from" | "into" | "try_into") {
            return self.conversion(callee, values, wanted);
        }
        if let Some(id) = self.target(callee.path) {
            self.hand_over(id, &values);
            return Value { ty: self.result_type(id), ..Value::default() };
        }
        let mut values = values.into_iter();
        let first = values.next().unwrap_or_default();
        if let Some(newtype) = self.struct_of(callee.path) {
            return first.typed(Some(self.struct_type(newtype)));
        }
        match last {
            "Some" => wrapped(first, "Option"),
            "Ok" => wrapped(first, "Result"),
            "new" if is_pointer(callee.path) => first,
            _ if is_constructor(last) && values.next().is_none() => Value { origin: None, ..wrapped(first, last) },
            _ => Value::default(),
        }
    }

    /// `T::from(x)`, `T::try_from(x)`, `Into::into(x)`.
    fn conversion(&mut self, callee: Callee, values: Vec<Value>, wanted: Option<&Ty>) -> Value {
        let first = values.into_iter().next().unwrap_or_default();
        let (last, owner) = callee.path.split_last().map_or(("", &[][..]), |(last, owner)| (last.as_str(), owner));
        let by_trait =
            owner.last().is_some_and(|name| matches!(name.as_str(), "From" | "Into" | "TryFrom" | "TryInto"));
        let to = if by_trait {
            wanted.cloned()
        } else {
            let ty = Type { segments: owner.to_vec(), arguments: callee.generics.to_vec(), ..Type::default() };
            Some(self.ty(&ty))
        };
        self.convert_row(to.as_ref(), &first, &["from", "try_from"]);
        if last.starts_with("try_") {
            return self.fallible(first, to, callee.place);
        }
        first.typed(to)
    }

    /// A conversion that can fail: a cast that loses nothing in silence.
    pub(super) fn fallible(&self, value: Value, to: Option<Ty>, place: Place) -> Value {
        let name = to.as_ref().map_or("_", |to| core(to).name.as_str()).to_owned();
        let cast = Cast { to: name.into(), lossy: false, span: self.span(place) };
        let ty = to.map(|to| Ty::of("Result", vec![core(&to).clone()]));
        with_cast(value, cast, ty)
    }
}

/// What a wrapper hands on to its argument: `Ok(x)` for `Result<T>` asks for `T`.
fn passed_on<'t>(path: &[Name], wanted: Option<&'t Ty>) -> &'t [Ty] {
    let last = path.last().map_or("", Name::as_str);
    match wanted {
        Some(wanted) if matches!((last, wanted.name.as_str()), ("Ok", "Result") | ("Some", "Option")) => {
            wanted.arguments.get(..1).unwrap_or_default()
        }
        Some(wanted) if wanted.name == last => &wanted.arguments,
        _ => &[],
    }
}

fn wrapped(value: Value, wrapper: &str) -> Value {
    let ty = Ty::of(wrapper, vec![value.ty.clone().unwrap_or_default()]);
    value.typed(Some(ty))
}

fn is_pointer(path: &[Name]) -> bool {
    let owner = path.iter().rev().nth(1).map_or("", Name::as_str);
    matches!(owner, "Box" | "Arc" | "Rc" | "Cow" | "Reverse" | "Wrapping")
}

fn is_constructor(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}

fn is_query_builder(path: &[Name]) -> bool {
    matches!(path, [.., owner, name] if owner == "QueryBuilder" && name == "new")
}
