//! Values of expressions.

use super::patterns::inside;
use super::{Follower, PlacedText, Value};
use crate::ir::{Arm, Closure, Expr, Local, Place, Statement, Type};
use crate::model::Cast;
use crate::names::{Found, Item, Site, Ty};

const DEEPEST_CONSTANT: usize = 8;

impl Follower<'_> {
    /// The value of an expression; `wanted` is the type that its place asks for.
    pub(super) fn value(&mut self, expression: &Expr, wanted: Option<&Ty>) -> Value {
        match expression {
            Expr::Path { segments, .. } => self.named(segments),
            Expr::Same(inner) | Expr::Await(inner) => self.value(inner, wanted),
            Expr::Try(inner) => {
                let value = self.value(inner, wanted);
                match value.ty.as_ref().map(|ty| ty.name.as_str()) {
                    Some("Option" | "Result") => inside(&value),
                    _ => value,
                }
            }
            Expr::Field(base, name) => {
                let base = self.value(base, None);
                self.part(base, name)
            }
            Expr::Index(base, index) => {
                self.value(index, None);
                let base = self.value(base, None);
                Value { origin: None, ..inside(&base) }
            }
            Expr::Cast(inner, ty, place) => self.cast(inner, ty, *place),
            Expr::Text(text) => Value {
                text: Some(PlacedText { path: self.path(), text: text.clone() }),
                ..Value::of(Ty::of("&", vec![Ty::of("str", Vec::new())]))
            },
            Expr::IncludedText(path) => self.included(path),
            Expr::Query(query) => self.macro_query(query, wanted),
            Expr::Call { function, arguments, place } => self.call(function, arguments, *place, wanted),
            Expr::Method(call) => self.method(call, wanted),
            Expr::Struct(literal) => self.literal(literal),
            Expr::Closure(closure) => {
                self.apply_closure(closure, Value::default(), None);
                Value::default()
            }
            Expr::Tuple(parts) => {
                let values: Vec<Value> = parts.iter().map(|part| self.value(part, None)).collect();
                Value::of(Ty::of("()", values.into_iter().map(|value| value.ty.unwrap_or_default()).collect()))
            }
            other => self.flow(other, wanted),
        }
    }

    fn flow(&mut self, expression: &Expr, wanted: Option<&Ty>) -> Value {
        match expression {
            Expr::Block(statements) => self.scoped(|follower| follower.block(statements, wanted)),
            Expr::If { condition, then, other } => self.scoped(|follower| {
                follower.value(condition, None);
                let then = follower.scoped(|inner| inner.value(then, wanted));
                match other {
                    Some(other) => one_of(vec![then, follower.value(other, wanted)]),
                    None => Value::default(),
                }
            }),
            Expr::Match { value, arms } => {
                let matched = value.as_ref().map(|value| self.value(value, None)).unwrap_or_default();
                self.arms(&matched, arms, wanted)
            }
            Expr::Let(pattern, value) => {
                let value = self.value(value, None);
                self.bind(pattern, value);
                Value::default()
            }
            Expr::For { pattern, over, body } => self.scoped(|follower| {
                let over = follower.value(over, None);
                follower.bind(pattern, inside(&over));
                follower.value(body, None);
                Value::default()
            }),
            Expr::Return(value) => {
                let result = self.result.clone();
                self.value(value, result.as_ref());
                Value::default()
            }
            Expr::Assign(left, right, place) => self.assign(left, right, *place),
            Expr::Computed(parts) => {
                for part in parts {
                    self.value(part, None);
                }
                Value::default()
            }
            _ => Value::default(),
        }
    }

    /// Names that are bound inside do not leave.
    pub(super) fn scoped<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.names.len();
        let result = work(self);
        self.names.truncate(depth);
        result
    }

    fn arms(&mut self, matched: &Value, arms: &[Arm], wanted: Option<&Ty>) -> Value {
        let values = arms
            .iter()
            .map(|arm| {
                self.scoped(|follower| {
                    follower.bind(&arm.pattern, matched.clone());
                    follower.value(&arm.body, wanted)
                })
            })
            .collect();
        one_of(values)
    }

    fn block(&mut self, statements: &[Statement], wanted: Option<&Ty>) -> Value {
        let mut last = Value::default();
        for statement in statements {
            match statement {
                Statement::Let(local) => {
                    let Local { pattern, ty, value, otherwise } = &**local;
                    let declared = ty.as_ref().map(|ty| self.ty(ty));
                    let mut bound =
                        value.as_ref().map(|value| self.value(value, declared.as_ref())).unwrap_or_default();
                    if let Some(declared) = declared.filter(|declared| !has_hole(declared)) {
                        bound.ty = Some(declared);
                    }
                    if let Some(otherwise) = otherwise {
                        self.value(otherwise, None);
                    }
                    self.bind(pattern, bound);
                }
                Statement::Expr(expression) => {
                    self.value(expression, None);
                }
                Statement::Tail(expression) => last = self.value(expression, wanted),
            }
        }
        last
    }

    /// A local name, a constant's text, or nothing that is known.
    fn named(&self, segments: &[String]) -> Value {
        if let [only] = segments {
            if let Some((_, value)) = self.names.iter().rev().find(|(name, _)| name == only) {
                return value.clone();
            }
        }
        self.constant(self.site, segments, 0)
            .map_or_else(Value::default, |text| Value { text: Some(text), ..Value::default() })
    }

    fn constant(&self, site: Site, segments: &[String], depth: usize) -> Option<PlacedText> {
        let (file, at) = match self.index.find(site, segments) {
            Found::Item(Item::Constant(file, at)) => (file, at),
            // `Self::SQL`, `Queries::LIST`: constants of implementations stand in their module.
            Found::Member(_, rest) => match self.index.find(site, &rest) {
                Found::Item(Item::Constant(file, at)) => (file, at),
                _ => return None,
            },
            Found::External(path) if path.len() == 2 && path.first().is_some_and(|first| first == "Self") => {
                match self.index.find(site, path.get(1..)?) {
                    Found::Item(Item::Constant(file, at)) => (file, at),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let constant = self.index.constant(file, at)?;
        let path = self.index.files.get(file)?.path.clone();
        let mut value = &constant.value;
        while let Expr::Same(inner) = value {
            value = inner;
        }
        match value {
            Expr::Text(text) => Some(PlacedText { path, text: text.clone() }),
            Expr::IncludedText(included) => self.read_text(&crate::paths::join(crate::paths::folder(&path), included)),
            Expr::Path { segments, .. } if depth < DEEPEST_CONSTANT => {
                self.constant(Site { file, module: &constant.module, uses: &[] }, segments, depth + 1)
            }
            _ => None,
        }
    }

    fn part(&self, base: Value, name: &str) -> Value {
        let of_tuple = base.ty.as_ref().map(Ty::bare).filter(|ty| ty.name == "()");
        if let (Some(tuple), Ok(index)) = (of_tuple, name.parse::<usize>()) {
            return Value { ty: tuple.arguments.get(index).cloned(), ..Value::default() };
        }
        match base.strukt() {
            // A newtype's inside is the value itself.
            Some(strukt) if name == "0" && base.origin.is_some() => {
                let ty = self.field_type(strukt, name);
                base.typed(ty)
            }
            Some(strukt) => self.field(strukt, name),
            None if name == "0" => {
                let inner = inside(&base);
                if inner.ty == base.ty { base.typed(None) } else { inner }
            }
            None => Value { record: base.record, ..Value::default() },
        }
    }

    fn cast(&mut self, inner: &Expr, ty: &Type, place: Place) -> Value {
        let value = self.value(inner, None);
        let to = self.ty(ty);
        let cast = Cast { to: to.name.clone(), lossy: true, span: self.span(place) };
        with_cast(value, cast, Some(to))
    }

    /// The closure's value for an argument.
    pub(super) fn apply_closure(&mut self, closure: &Closure, argument: Value, wanted: Option<&Ty>) -> Value {
        self.scoped(|follower| {
            let result = follower.result.take();
            for (index, (pattern, ty)) in closure.parameters.iter().enumerate() {
                let mut value = if index == 0 { argument.clone() } else { Value::default() };
                if let Some(ty) = ty.as_ref().map(|ty| follower.ty(ty)).filter(|ty| !has_hole(ty)) {
                    value.ty = Some(ty);
                }
                follower.bind(pattern, value);
            }
            let value = follower.value(&closure.body, wanted);
            follower.result = result;
            value
        })
    }
}

/// The value after a cast: its origin remembers it.
pub(super) fn with_cast(value: Value, cast: Cast, ty: Option<Ty>) -> Value {
    let origin = value.origin.map(|mut origin| {
        origin.casts.push(cast);
        origin
    });
    Value { ty, origin, record: value.record, ..Value::default() }
}

/// `Vec<_>` and the like.
pub(super) fn has_hole(ty: &Ty) -> bool {
    ty.name == "_" || ty.arguments.iter().any(has_hole)
}

/// The value of a branch: the first whose origin is known, else the first whose type is.
fn one_of(values: Vec<Value>) -> Value {
    let mut values = values;
    let best = values
        .iter()
        .position(|value| value.origin.is_some())
        .or_else(|| values.iter().position(|value| value.ty.is_some()));
    best.map(|at| values.swap_remove(at)).unwrap_or_default()
}
