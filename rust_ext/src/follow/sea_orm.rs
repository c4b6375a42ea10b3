//! sea-orm's `Statement` and the models that its rows are read into.
//!
//! sea-orm's own query builder is typed by rustc against the entities; there is no text of it to check.

use super::calls::core;
use super::expressions::has_hole;
use super::{Follower, Value};
use crate::ir::{Expr, MethodCall, Place, Type};
use crate::model::QueryCall;
use crate::names::{Found, Ty};

/// The type of a row that is read by hand.
const ROW: &str = "QueryResult";

/// The type of a selection by a statement; its argument is the model, where it is known.
const SELECTION: &str = "SelectorRaw";

impl Follower<'_> {
    /// `Statement::from_string` and `Statement::from_sql_and_values`, also by an alias of `Statement`.
    pub(super) fn is_statement(&self, path: &[String]) -> bool {
        match self.index.find(self.site, path) {
            Found::External(full) => matches!(
                full.as_slice(),
                [.., owner, name] if owner == "Statement" && (name == "from_string" || name == "from_sql_and_values")
            ),
            _ => false,
        }
    }

    pub(super) fn statement(&mut self, arguments: &[Expr], place: Place) -> Value {
        let values: Vec<Value> = arguments.iter().map(|argument| self.value(argument, None)).collect();
        let sql = values.get(1).and_then(|value| value.text.clone());
        let query = self.meet_text(QueryCall::SeaOrmStatement, place, sql);
        if let Some(query) = self.out.queries.get_mut(query) {
            query.arguments = arguments.get(2).map_or(0, listed);
        }
        Value { query: Some(query), ..Value::of(Ty::of("Statement", Vec::new())) }
    }

    /// `Model::find_by_statement(statement)` and `Model::from_query_result(&row, "")`; `None` for every other call.
    pub(super) fn found_by_statement(&mut self, path: &[String], generics: &[Type], values: &[Value]) -> Option<Value> {
        let (last, owner) = path.split_last()?;
        if last != "find_by_statement" && last != "from_query_result" {
            return None;
        }
        let query = self.statement_of(values.first()?)?;
        let written = Type { segments: owner.to_vec(), arguments: generics.to_vec(), ..Type::default() };
        let model = self.ty(&written);
        if last == "find_by_statement" {
            return Some(self.selection(query, Some(model)));
        }
        // With a prefix, another part of the row is read.
        let prefix = values.get(1).and_then(|prefix| prefix.text.as_ref());
        if prefix.is_some_and(|prefix| prefix.text.value.is_empty()) {
            self.give_rows(query, &model);
        }
        Some(Value::of(Ty::of("Result", vec![model])))
    }

    /// A method of a statement, of a selection by one, or one that is given a statement.
    pub(super) fn sea_orm_method(&mut self, receiver: &Value, call: &MethodCall, wanted: Option<&Ty>) -> Option<Value> {
        match call.name.as_str() {
            "from_raw_sql" => {
                let query = self.given_statement(call)?;
                Some(self.selection(query, self.model_of(&call.receiver)))
            }
            "into_model" | "into_partial_model" | "into_tuple" => {
                let query = self.statement_of(receiver)?;
                let row = call.generics.first().map(|ty| self.ty(ty)).filter(|ty| !has_hole(ty));
                Some(self.selection(query, row))
            }
            "into_json" => {
                let query = self.statement_of(receiver)?;
                Some(Value { query: Some(query), ..Value::of(Ty::of(SELECTION, Vec::new())) })
            }
            "query_one" | "query_one_raw" => {
                let query = self.given_statement(call)?;
                let row = Ty::of("Option", vec![Ty::of(ROW, Vec::new())]);
                Some(Value { query: Some(query), ..Value::of(Ty::of("Result", vec![row])) })
            }
            "query_all" | "query_all_raw" => {
                let query = self.given_statement(call)?;
                let rows = Ty::of("Vec", vec![Ty::of(ROW, Vec::new())]);
                Some(Value { query: Some(query), ..Value::of(Ty::of("Result", vec![rows])) })
            }
            "one" | "all" | "stream" => {
                let query = self.statement_of(receiver)?;
                receiver.ty.as_ref().filter(|ty| ty.name == SELECTION)?;
                for argument in &call.arguments {
                    self.value(argument, None);
                }
                Some(self.selected(query, receiver, &call.name, wanted))
            }
            _ => None,
        }
    }

    /// The statement that a method is given: a name, or the call that makes it. Nothing else is looked into, so that
    /// no argument is followed twice.
    fn given_statement(&mut self, call: &MethodCall) -> Option<usize> {
        let [argument] = call.arguments.as_slice() else {
            return None;
        };
        let mut argument = argument;
        while let Expr::Same(inner) = argument {
            argument = inner;
        }
        let plain = match argument {
            Expr::Path { .. } => true,
            Expr::Call { function, .. } => {
                matches!(&**function, Expr::Path { segments, .. } if self.is_statement(segments))
            }
            Expr::Method(call) if call.name == "clone" => matches!(call.receiver, Expr::Path { .. }),
            _ => false,
        };
        if !plain {
            return None;
        }
        let value = self.value(argument, None);
        self.statement_of(&value)
    }

    fn statement_of(&self, value: &Value) -> Option<usize> {
        let query = value.query?;
        let of_sea_orm = self.out.queries.get(query).is_some_and(|query| query.call == QueryCall::SeaOrmStatement);
        of_sea_orm.then_some(query)
    }

    fn selection(&self, query: usize, row: Option<Ty>) -> Value {
        Value { query: Some(query), ..Value::of(Ty::of(SELECTION, row.into_iter().collect())) }
    }

    /// `cake::Entity::find()`: the `Model` beside the entity.
    fn model_of(&self, expression: &Expr) -> Option<Ty> {
        let Expr::Call { function, .. } = expression else {
            return None;
        };
        let Expr::Path { segments, .. } = &**function else {
            return None;
        };
        let [owner @ .., find] = segments.as_slice() else {
            return None;
        };
        let (entity, module) = owner.split_last()?;
        if find != "find" {
            return None;
        }
        let mut path = module.to_vec();
        path.push("Model".to_owned());
        if entity == "Entity" {
            return self.strukt_type(path);
        }
        // `use super::cake::Entity as Cake;`
        match self.index.find(self.site, owner) {
            Found::External(full) | Found::Member(_, full) => {
                let (_, module) = full.split_last()?;
                self.strukt_type(module.iter().cloned().chain(["Model".to_owned()]).collect())
            }
            Found::Item(_) => None,
        }
    }

    fn strukt_type(&self, path: Vec<String>) -> Option<Ty> {
        let ty = self.ty(&Type { segments: path, ..Type::default() });
        ty.strukt.map(|_| ty)
    }

    /// What `one` and `all` give; only then is the row that counts known.
    fn selected(&mut self, query: usize, selection: &Value, name: &str, wanted: Option<&Ty>) -> Value {
        let known = selection.ty.as_ref().filter(|ty| ty.name == SELECTION).map(|ty| ty.arguments.first().cloned());
        let asked = || match (name, wanted.map(core)) {
            ("one", Some(row)) => Some(row.clone()),
            ("all", Some(rows)) if rows.name == "Vec" => rows.arguments.first().cloned(),
            _ => None,
        };
        let row = known.flatten().or_else(asked).filter(|row| !has_hole(row) && row.name != "JsonValue");
        let Some(row) = row else {
            return Value::default();
        };
        self.give_rows(query, &row);
        let ty = match name {
            "one" => Ty::of("Option", vec![row]),
            "all" => Ty::of("Vec", vec![row]),
            _ => Ty::of("Stream", vec![Ty::of("Result", vec![row])]),
        };
        Value::of(Ty::of("Result", vec![ty]))
    }
}

/// How many values an array or `vec!` lists; 0 where the values come from elsewhere.
fn listed(values: &Expr) -> u32 {
    match values {
        Expr::Same(inner) => listed(inner),
        Expr::Computed(parts) => parts.len() as u32,
        _ => 0,
    }
}
