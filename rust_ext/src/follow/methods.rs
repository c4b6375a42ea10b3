//! Calls of methods: conversions, iterators, options, fetches.

use super::calls::Callee;
use super::kinds::{QUERY, core, has_hole, result_of};
use super::method_kinds::{Kind, kind};
use super::values::inside;
use super::{Follower, Value};
use crate::ir::{Expr, MethodCall};
use crate::names::Ty;

impl Follower<'_> {
    pub(super) fn method(&mut self, call: &MethodCall, wanted: Option<&Ty>) -> Value {
        if let Some(value) = self.routing(call) {
            return value;
        }
        let kind = kind(&call.name);
        let asked = match kind {
            Kind::Same | Kind::Ok => wanted.cloned(),
            Kind::Unwrap => self.asked_inside(&call.receiver, wanted),
            Kind::OkOr => wanted.map(|ty| Ty::of("Option", vec![result_of(ty).clone()])),
            Kind::Fetch => fetched(&call.name, wanted),
            Kind::Collect => self.asked_item(call, wanted),
            Kind::Keep | Kind::Iterate => wanted.filter(|ty| ty.name == "Iter").cloned(),
            _ => None,
        };
        let asked = asked.or_else(|| asked_of_rows(&call.name, wanted?));
        let receiver = self.value(&call.receiver, asked.as_ref());
        if let Some(value) = self.diesel_method(&receiver, call, wanted) {
            return value;
        }
        if let Some(value) = self.sea_orm_method(&receiver, call, wanted) {
            return value;
        }
        if let (Some(_), "bind", [argument]) = (receiver.query, call.name.as_str(), call.arguments.as_slice()) {
            self.bind_one(&receiver, argument);
            return receiver;
        }
        if let Some(value) = self.row_method(&receiver, call, wanted) {
            return value;
        }
        if let Some(value) = self.tokio_method(&receiver, call) {
            return value;
        }
        match (call.name.as_str(), call.arguments.as_slice()) {
            ("to_string", []) => {
                if let Some(text) = receiver.as_string() {
                    return text;
                }
            }
            // `HttpResponse::Ok().json(list)`
            ("json", [body]) if receiver.strukt().is_none() => {
                let body = self.value(body, None).ty.unwrap_or_default();
                return Value::of(Ty::of("Json", vec![body]));
            }
            _ => {}
        }
        if let Some(value) = self.own_method(&receiver, call) {
            return value;
        }
        match kind {
            Kind::Map | Kind::FlatMap => return self.mapped(receiver, call, wanted),
            Kind::Keep | Kind::One | Kind::Iterate | Kind::Other => {
                for argument in &call.arguments {
                    self.applied(argument, inside(&receiver), None);
                }
            }
            _ => {
                for argument in &call.arguments {
                    self.value(argument, None);
                }
            }
        }
        self.after(kind, receiver, call, wanted)
    }

    fn after(&mut self, kind: Kind, receiver: Value, call: &MethodCall, wanted: Option<&Ty>) -> Value {
        match kind {
            Kind::Same | Kind::Keep => receiver,
            Kind::Unwrap => match receiver.ty.as_ref().map(|ty| ty.name.as_str()) {
                Some("Option" | "Result") => inside(&receiver),
                _ => receiver,
            },
            Kind::Inner => inside(&receiver),
            Kind::Iterate => self.holder("Iter", receiver),
            Kind::One => match receiver.ty.as_ref().map(|ty| ty.bare().name.as_str()) {
                Some("Vec" | "Iter" | "[]" | "[;]" | "VecDeque" | "Stream") => self.holder("Option", receiver),
                _ => Value::default(),
            },
            Kind::Enumerate => {
                let inner = inside(&receiver).ty.unwrap_or_default();
                Value::of(Ty::of("Iter", vec![Ty::of("()", vec![Ty::of("usize", Vec::new()), inner])]))
            }
            Kind::Collect => self.collected(receiver, call, wanted),
            Kind::Into => {
                self.convert_row(wanted, &receiver, &["from"]);
                receiver.typed(wanted.cloned())
            }
            Kind::TryInto => {
                self.convert_row(wanted, &receiver, &["try_from"]);
                self.fallible(receiver, wanted.map(|ty| core(ty).clone()), call.name_place)
            }
            Kind::Ok => self.holder("Option", receiver),
            Kind::OkOr => self.holder("Result", receiver),
            Kind::TryNext => {
                let item = core(&inside(&receiver).ty.unwrap_or_default()).clone();
                receiver.typed(Some(Ty::of("Result", vec![Ty::of("Option", vec![item])])))
            }
            Kind::Fetch => self.rows(receiver, &call.name),
            Kind::Map | Kind::FlatMap | Kind::Other => Value { record: receiver.record, ..Value::default() },
        }
    }

    fn holder(&self, holder: &str, receiver: Value) -> Value {
        let inner = inside(&receiver);
        let ty = Ty::of(holder, vec![inner.ty.clone().unwrap_or_default()]);
        inner.typed(Some(ty))
    }

    /// A method of a struct of the workspace.
    fn own_method(&mut self, receiver: &Value, call: &MethodCall) -> Option<Value> {
        let id = self.index.method(receiver.strukt()?, &call.name)?;
        let types = self.parameter_types(id);
        let mut values = vec![receiver.clone()];
        for (at, argument) in call.arguments.iter().enumerate() {
            values.push(self.value(argument, types.get(at + 1)));
        }
        self.hand_over(id, &values);
        Some(Value { ty: self.result_type(id), ..Value::default() })
    }

    /// `map` and its like: the closure's value in the receiver's holder.
    fn mapped(&mut self, receiver: Value, call: &MethodCall, wanted: Option<&Ty>) -> Value {
        let item = inside(&receiver);
        let asked = asked_of_closure(&receiver, &call.name, wanted);
        let mut result = Value::default();
        for argument in &call.arguments {
            result = self.applied(argument, item.clone(), asked.as_ref());
        }
        let holder = receiver.ty.as_ref().map_or("Iter", |ty| ty.bare().name.as_str());
        match call.name.as_str() {
            "map" | "map_ok" => {
                let ty = Ty::of(holder, vec![result.ty.clone().unwrap_or_default()]);
                result.typed(Some(ty))
            }
            "map_or" | "map_or_else" | "then" => result,
            "and_then" => result,
            "filter_map" | "flat_map" => {
                let inner = inside(&result).ty.unwrap_or_default();
                Value { ty: Some(Ty::of("Iter", vec![inner])), ..result }
            }
            _ => Value::default(),
        }
    }

    /// A closure or a named function, applied to a value.
    pub(super) fn applied(&mut self, function: &Expr, argument: Value, wanted: Option<&Ty>) -> Value {
        match function {
            Expr::Closure(closure) => self.apply_closure(closure, argument, wanted),
            Expr::Path { segments, generics, place } if segments.len() > 1 || self.target(segments).is_some() => {
                let callee = Callee { path: segments, generics, place: *place };
                self.call_path(callee, vec![argument], wanted)
            }
            Expr::Path { segments, generics, place } if self.struct_of(segments).is_some() => {
                let callee = Callee { path: segments, generics, place: *place };
                self.call_path(callee, vec![argument], wanted)
            }
            other => self.value(other, None),
        }
    }

    /// What `collect` asks of the iterator, by where its result goes.
    fn asked_item(&self, call: &MethodCall, wanted: Option<&Ty>) -> Option<Ty> {
        let written = call.generics.first().map(|ty| self.ty(ty)).filter(|ty| !has_hole(ty));
        let item = item_of(written.as_ref().or(wanted)?)?;
        Some(Ty::of("Iter", vec![item]))
    }

    fn collected(&self, receiver: Value, call: &MethodCall, wanted: Option<&Ty>) -> Value {
        let written = call.generics.first().map(|ty| self.ty(ty)).filter(|ty| !has_hole(ty));
        let ty = written.or_else(|| wanted.filter(|ty| !has_hole(ty)).cloned()).unwrap_or_else(|| {
            let inner = inside(&receiver).ty.unwrap_or_default();
            match (inner.name.as_str(), inner.arguments.first()) {
                ("Result", Some(item)) => Ty::of("Result", vec![Ty::of("Vec", vec![item.clone()])]),
                _ => Ty::of("Vec", vec![inner]),
            }
        });
        receiver.typed(Some(ty))
    }

    /// What `fetch_one`, `fetch_all`, … give for a query.
    fn rows(&self, query: Value, name: &str) -> Value {
        let row = match query.ty.as_ref() {
            Some(ty) if ty.name == QUERY => ty.arguments.first().cloned().unwrap_or_default(),
            _ => return Value { record: query.record, ..Value::default() },
        };
        let ty = match name {
            "fetch_one" => row,
            "fetch_optional" => Ty::of("Option", vec![row]),
            "fetch_all" => Ty::of("Vec", vec![row]),
            _ => return Value { ty: Some(Ty::of("Stream", vec![Ty::of("Result", vec![row])])), ..query },
        };
        Value { ty: Some(Ty::of("Result", vec![ty])), ..query }
    }
}

/// What must stand before `.optional()`, `.first()` or `.cloned()` so that their place gets what it asks for.
fn asked_of_rows(name: &str, wanted: &Ty) -> Option<Ty> {
    match (name, wanted.name.as_str()) {
        ("optional" | "cloned" | "copied", _) => Some(wanted.clone()),
        ("first" | "last" | "pop", "Option") => Some(Ty::of("Vec", wanted.arguments.clone())),
        _ => None,
    }
}

/// The items of a collection: `T` for `Vec<T>`, `Result<T>` for `Result<Vec<T>>`, pairs for maps.
fn item_of(collection: &Ty) -> Option<Ty> {
    match (collection.name.as_str(), collection.arguments.as_slice()) {
        ("Vec" | "VecDeque" | "HashSet" | "BTreeSet" | "IndexSet" | "BinaryHeap", [item, ..]) => Some(item.clone()),
        ("HashMap" | "BTreeMap" | "IndexMap", [key, value, ..]) => Some(Ty::of("()", vec![key.clone(), value.clone()])),
        ("Result" | "Option", [inner, ..]) => Some(Ty::of(&collection.name, vec![item_of(inner)?])),
        _ => None,
    }
}

/// What a closure is asked for: the inside of what its call is asked for, where that is the holder of its value.
fn asked_of_closure(receiver: &Value, method: &str, wanted: Option<&Ty>) -> Option<Ty> {
    let wanted = wanted?;
    match method {
        "map_or" | "map_or_else" => return Some(wanted.clone()),
        "and_then" | "try_map" => return Some(wanted.clone()),
        "map" | "map_ok" | "then" => {}
        _ => return None,
    }
    let holder = receiver.ty.as_ref().map_or("", |ty| ty.bare().name.as_str());
    match wanted.arguments.first() {
        Some(inner) if wanted.name == "Iter" || wanted.name == holder => Some(inner.clone()),
        _ => Some(core(wanted).clone()),
    }
}

/// The row type that a fetch must give so that its place gets what it asks for.
fn fetched(name: &str, wanted: Option<&Ty>) -> Option<Ty> {
    let wanted = wanted?;
    let result = match (wanted.name.as_str(), wanted.arguments.first()) {
        ("Result", Some(inner)) => inner,
        _ => wanted,
    };
    match (name, result.name.as_str()) {
        ("fetch_one", _) => Some(result.clone()),
        ("fetch_all", "Vec") | ("fetch_optional", "Option") => result.arguments.first().cloned(),
        _ => None,
    }
}
