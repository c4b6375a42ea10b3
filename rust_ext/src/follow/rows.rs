//! Values that are taken from rows by hand: `row.get::<T, _>("x")`, also in functions that are given the row.

use super::kinds::{ROW, core, is_row, known, result_of};
use super::{Follower, Value};
use crate::ir::{Expr, MethodCall};
use crate::model::{Key, QueryCall, RowRead};
use crate::names::{FunctionId, Ty};

/// Functions that are given a row are followed through this many calls.
const DEEPEST: usize = 4;

impl Follower<'_> {
    /// `get` and `try_get` of a row; `None` for every other call.
    pub(super) fn row_method(&mut self, receiver: &Value, call: &MethodCall, wanted: Option<&Ty>) -> Option<Value> {
        let query = receiver.query.filter(|_| receiver.ty.as_ref().is_some_and(is_row))?;
        let (panics, checked) = match call.name.as_str() {
            "get" => (true, true),
            "try_get" => (false, true),
            "get_unchecked" | "try_get_unchecked" | "try_get_raw" => (false, false),
            _ => return None,
        };
        let [key] = call.arguments.as_slice() else {
            return None;
        };
        let tokio = self.out.queries.get(query).is_some_and(|query| is_tokio(query.call));
        let written = if tokio { call.generics.get(1) } else { call.generics.first() };
        let written = written.map(|ty| self.ty(ty)).filter(|ty| known(ty).is_some());
        let asked = wanted.map(|ty| if panics { ty } else { result_of(ty) });
        let ty = written.or_else(|| asked.filter(|ty| known(ty).is_some()).cloned());
        if let (Some(key), true) = (self.key(key), checked) {
            let read = RowRead { span: self.span(call.name_place), key, ty: ty.as_ref().and_then(known), panics };
            self.out.queries.get_mut(query).into_iter().for_each(|query| query.reads.push(read.clone()));
        }
        Some(match (ty, panics) {
            (Some(ty), true) => Value::of(ty),
            (Some(ty), false) => Value::of(Ty::of("Result", vec![ty])),
            (None, _) => Value::default(),
        })
    }

    fn key(&mut self, key: &Expr) -> Option<Key> {
        match key {
            Expr::Same(inner) => self.key(inner),
            Expr::Literal(literal) => literal.number.map(Key::Position),
            other => self.value(other, None).only_text().map(|text| Key::Name(text.text.value)),
        }
    }

    /// Follows a function of the workspace that is given a row, for what it takes from it.
    pub(super) fn hand_over(&mut self, function: FunctionId, values: &[Value]) {
        let holds = |value: &Value| value.query.is_some() && value.ty.as_ref().is_some_and(is_row);
        if self.depth >= DEEPEST || !values.iter().any(holds) {
            return;
        }
        let Some(mut inner) = Follower::new(self.around, function) else {
            return;
        };
        let before = self.out.queries.len();
        inner.out.queries = std::mem::take(&mut self.out.queries);
        inner.depth = self.depth + 1;
        inner.run_with(values);
        let mut queries = inner.out.queries;
        queries.truncate(before);
        self.out.queries = queries;
    }

    /// `X::from(row)`, `row.into()`: the conversion of the workspace that takes a row.
    pub(super) fn convert_row(&mut self, to: Option<&Ty>, value: &Value, names: &[&str]) {
        if value.query.is_none() || !value.ty.as_ref().is_some_and(is_row) {
            return;
        }
        let Some(strukt) = to.map(core).and_then(|to| to.bare().strukt) else {
            return;
        };
        for name in names {
            let takes_row =
                |id: &FunctionId| *name == "from_row" || self.parameter_types(*id).first().is_some_and(is_row);
            if let Some(id) = self.index.all_methods(strukt, name).into_iter().find(takes_row) {
                self.hand_over(id, std::slice::from_ref(value));
                return;
            }
        }
    }

    /// The reads of a `FromRow` that is written by hand.
    pub(super) fn own_from_row(&mut self, query: usize, row: Option<&Ty>) {
        let Some(strukt) = row.and_then(|row| row.bare().strukt) else {
            return;
        };
        let derived =
            self.index.structure(strukt).is_some_and(|item| item.derives.iter().any(|name| name == "FromRow"));
        if !derived {
            let value = Value { query: Some(query), ..Value::of(Ty::of(ROW, Vec::new())) };
            let to = self.struct_type(strukt);
            self.convert_row(Some(&to), &value, &["from_row"]);
        }
    }

    /// What a place asks of the call inside of `?` or `unwrap`, which take an `Option` or `Result` away.
    pub(super) fn asked_inside(&self, call: &Expr, wanted: Option<&Ty>) -> Option<Ty> {
        let wanted = wanted?;
        match call {
            Expr::Same(inner) | Expr::Await(inner) => self.asked_inside(inner, Some(wanted)),
            Expr::Method(call) if call.name == "get" => Some(Ty::of("Option", vec![wanted.clone()])),
            // A closure's value may be that `Option`, or lie in one.
            Expr::Method(call) if matches!(call.name.as_str(), "map" | "and_then" | "map_ok") => {
                Some(wanted.clone()).filter(|ty| !matches!(ty.name.as_str(), "Option" | "Result"))
            }
            _ => Some(wanted.clone()),
        }
    }
}

pub(super) fn is_tokio(call: QueryCall) -> bool {
    matches!(
        call,
        QueryCall::TokioQuery
            | QueryCall::TokioQueryOne
            | QueryCall::TokioQueryOpt
            | QueryCall::TokioExecute
            | QueryCall::TokioPrepare
    )
}
