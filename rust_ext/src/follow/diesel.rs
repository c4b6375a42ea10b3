//! diesel's `sql_query`: its SQL, the SQL types of what is bound, and the rows that it is loaded into.
//!
//! diesel's own query builder is typed by rustc against `table!`; there is no text of it to check.

use super::kinds::{core, has_hole};
use super::{Follower, PlacedText, Value};
use crate::ir::{Expr, MethodCall, Name, Place};
use crate::literals;
use crate::model::QueryCall;
use crate::names::{Found, Ty};

/// The type of a boxed query, to which values may be bound on some ways and not on others.
const BOXED: &str = "BoxedSqlQuery";

impl Follower<'_> {
    /// `diesel::sql_query`, also under another name.
    pub(super) fn is_diesel_query(&self, path: &[Name]) -> bool {
        match &*self.index.find(self.site, path) {
            Found::External(full) => full.last().is_some_and(|last| last == "sql_query"),
            _ => false,
        }
    }

    pub(super) fn diesel_query(&mut self, arguments: &[Expr], place: Place) -> Value {
        let sql = arguments.first().map(|argument| self.value(argument, None)).unwrap_or_default();
        let query = self.meet_value(QueryCall::DieselSqlQuery, place, &sql);
        Value { query: Some(query), ..Value::default() }
    }

    fn diesel_query_of(&self, value: &Value) -> Option<usize> {
        let query = value.query?;
        let of_diesel = self.out.queries.get(query).is_some_and(|query| query.call == QueryCall::DieselSqlQuery);
        of_diesel.then_some(query)
    }

    /// A method of a `sql_query`; `None` where the receiver is none.
    pub(super) fn diesel_method(&mut self, receiver: &Value, call: &MethodCall, wanted: Option<&Ty>) -> Option<Value> {
        let query = self.diesel_query_of(receiver)?;
        if call.name == "sql" {
            let more = call.arguments.first().map(|argument| self.value(argument, None)).unwrap_or_default();
            self.append(query, more.only_text());
            return Some(receiver.clone());
        }
        for argument in &call.arguments {
            self.value(argument, None);
        }
        let row = call.generics.first().map(|ty| self.ty(ty)).filter(|ty| !has_hole(ty));
        match call.name.as_str() {
            "bind" => {
                self.bound(query, receiver, row);
                Some(receiver.clone())
            }
            "into_boxed" => {
                self.unbind(query);
                Some(receiver.clone().typed(Some(Ty::of(BOXED, Vec::new()))))
            }
            "get_result" | "first" => {
                let row = row.or_else(|| wanted.map(|ty| core(ty).clone()));
                Some(self.loaded(query, row, |row| row))
            }
            "load" | "get_results" => {
                let row = row.or_else(|| wanted.and_then(listed));
                Some(self.loaded(query, row, |row| Ty::of("Vec", vec![row])))
            }
            "load_iter" | "load_stream" => {
                Some(self.loaded(query, row, |row| Ty::of("Stream", vec![Ty::of("Result", vec![row])])))
            }
            "execute" => Some(Value::default()),
            _ => Some(receiver.clone()),
        }
    }

    /// One more value, and the SQL type that its `bind` names.
    fn bound(&mut self, query: usize, receiver: &Value, ty: Option<Ty>) {
        if receiver.ty.as_ref().is_some_and(|ty| ty.name == BOXED) {
            return;
        }
        if let Some(query) = self.out.queries.get_mut(query) {
            query.arguments += 1;
            query.parameters.push(ty.as_ref().map(Ty::model));
        }
    }

    fn unbind(&mut self, query: usize) {
        if let Some(query) = self.out.queries.get_mut(query) {
            query.arguments = 0;
            query.parameters.clear();
        }
    }

    /// `.sql(" limit 1")`: the text goes on where it is a literal too.
    fn append(&mut self, query: usize, more: Option<PlacedText>) {
        // Where the text before is one of several, it is not said which.
        let twins = self.out.twins.iter().filter(|(first, _)| *first == query).map(|(_, twin)| *twin);
        let twins: Vec<usize> = twins.collect();
        let more = more.filter(|_| twins.is_empty());
        for twin in twins {
            self.append(twin, None);
        }
        let Some(query) = self.out.queries.get_mut(query) else {
            return;
        };
        let (Some(sql), Some(literal)) = (query.sql.take(), query.literal.take()) else {
            return;
        };
        let offsets = std::mem::take(&mut query.offsets);
        match more.filter(|more| more.path == literal.path) {
            Some(more) => {
                let first = crate::ir::Text { value: sql, place: Place::default(), offsets };
                let joined = literals::join(vec![first, more.text], Place::default());
                query.sql = Some(joined.value);
                query.offsets = joined.offsets;
                query.literal = Some(literal);
            }
            None => query.unchecked = Some(super::queries::BUILT.to_owned()),
        }
    }

    fn loaded(&mut self, query: usize, row: Option<Ty>, holder: impl FnOnce(Ty) -> Ty) -> Value {
        let row = row.filter(|row| !has_hole(row) && !row.name.is_empty());
        if let Some(row) = &row {
            self.give_rows(query, row);
        }
        row.map(|row| Value::of(Ty::of("Result", vec![holder(row)]))).unwrap_or_default()
    }
}

/// The row in `Vec<T>` or `Result<Vec<T>>`.
fn listed(wanted: &Ty) -> Option<Ty> {
    let list = core(wanted);
    list.arguments.first().filter(|_| list.name == "Vec").cloned()
}
