//! Values of expressions.

use super::kinds::has_hole;
use super::values::{inside, with_cast};
use super::{Follower, PlacedText, Value, texts};
use crate::ir::{Arm, Closure, Expr, Local, Name, Place, Statement, Type};
use crate::model::Cast;
use crate::names::Ty;

/// More texts than branches that a person writes.
const MOST_TEXTS: usize = 16;

impl Follower<'_> {
    /// The value of an expression; `wanted` is the type that its place asks for.
    pub(super) fn value(&mut self, expression: &Expr, wanted: Option<&Ty>) -> Value {
        match expression {
            Expr::Path { segments, .. } => self.named(segments),
            Expr::Same(inner) | Expr::Await(inner) => self.value(inner, wanted),
            Expr::Try(inner) => {
                let asked = self.asked_inside(inner, wanted);
                let value = self.value(inner, asked.as_ref());
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
                let item = Value { origin: None, ..inside(&base) };
                // `&list[1..]` is still a list.
                match **index {
                    Expr::Computed(_) if item.strukt().is_none() => item.typed(None),
                    _ => item,
                }
            }
            Expr::Cast(inner, ty, place) => self.cast(inner, ty, *place),
            Expr::Text(text) => texts::of_text(PlacedText { path: self.path(), text: text.clone() }),
            Expr::Literal(literal) => match literal.said {
                true => Value::of(Ty::of(literal.ty, Vec::new())),
                false => Value::default(),
            },
            Expr::Format(template, arguments) => self.formatted(template, arguments),
            Expr::Joined(parts, place) => self.joined(parts, *place),
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
                let asked = wanted.filter(|ty| ty.name == "()" && ty.arguments.len() == parts.len());
                let asked = |at: usize| asked.and_then(|ty| ty.arguments.get(at));
                let values: Vec<Value> =
                    parts.iter().enumerate().map(|(at, part)| self.value(part, asked(at))).collect();
                Value::of(Ty::of("()", values.into_iter().map(|value| value.ty.unwrap_or_default()).collect()))
            }
            other => self.flow(other, wanted),
        }
    }

    fn flow(&mut self, expression: &Expr, wanted: Option<&Ty>) -> Value {
        match expression {
            Expr::Block(statements) => self.scoped(|follower| follower.block(statements, wanted)),
            Expr::Scope(block, statements) => self.scope(*block, statements, wanted),
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
                self.value(value, self.result);
                Value::default()
            }
            Expr::Assign(left, right, place) => self.assign(left, right, *place),
            Expr::Computed(parts) | Expr::Invoked(_, parts) => {
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

    /// A block with items of its own, which its names mean before all others.
    fn scope(&mut self, block: usize, statements: &[Statement], wanted: Option<&Ty>) -> Value {
        let outer = self.site;
        self.site = self.index.block(outer, block);
        let value = self.scoped(|follower| follower.block(statements, wanted));
        self.site = outer;
        value
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
    pub(super) fn named(&self, segments: &[Name]) -> Value {
        if let [only] = segments {
            if let Some((_, value)) = self.names.iter().rev().find(|(name, _)| name == only) {
                return value.clone();
            }
        }
        self.constant(self.site, segments, 0).map_or_else(Value::default, texts::of_text)
    }

    fn part(&self, base: Value, name: &str) -> Value {
        let of_tuple = base.ty.as_ref().map(Ty::bare).filter(|ty| ty.name == "()");
        if let (Some(tuple), Ok(index)) = (of_tuple, name.parse::<usize>()) {
            return Value { ty: tuple.arguments.get(index).cloned(), ..Value::default() };
        }
        match base.strukt() {
            // A newtype's inside is the value itself.
            Some(strukt) if name == "0" && base.origin.is_some() => {
                let ty = self.field_type(strukt, name).cloned();
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

/// The value of a branch: the first whose origin is known, else the first whose type is, with the texts of all.
fn one_of(values: Vec<Value>) -> Value {
    let mut values = values;
    let built = values.iter().find_map(|value| value.built);
    let mut also: Vec<PlacedText> = Vec::new();
    for value in &values {
        for text in value.text.iter().chain(&value.also) {
            if !also.contains(text) && also.len() < MOST_TEXTS {
                also.push(text.clone());
            }
        }
    }
    let queries = values.iter().filter(|value| value.query.is_some()).count();
    let best = values
        .iter()
        .position(|value| value.origin.is_some())
        .or_else(|| values.iter().position(|value| value.ty.is_some()));
    let best = best.map(|at| values.swap_remove(at)).unwrap_or_default();
    let text = if also.is_empty() { None } else { Some(also.remove(0)) };
    Value { text, also, built, loose: best.loose || queries > 1, ..best }
}
