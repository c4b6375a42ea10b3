//! sea-orm's `Statement` and the models that its rows are read into.
//!
//! sea-orm's own query builder is typed by rustc against the entities; there is no text of it to check.

use super::kinds::{core, has_hole, known};
use super::parameters::Literals;
use super::{Follower, Value};
use crate::ir::{Expr, MethodCall, Name, Place, Type};
use crate::model::{Key, QueryCall, RowRead, RustType};
use crate::names::{Found, Ty};

/// The type of a row that is read by hand.
const ROW: &str = "QueryResult";

/// The type of a selection by a statement; its argument is the model, where it is known.
const SELECTION: &str = "SelectorRaw";

impl Follower<'_> {
    /// `Statement::from_string` and `Statement::from_sql_and_values`, also by an alias of `Statement`.
    pub(super) fn is_statement(&self, path: &[Name]) -> bool {
        match &*self.index.find(self.site, path) {
            Found::External(full) => matches!(
                full.as_slice(),
                [.., owner, name] if owner == "Statement" && (name == "from_string" || name == "from_sql_and_values")
            ),
            _ => false,
        }
    }

    pub(super) fn statement(&mut self, arguments: &[Expr], place: Place) -> Value {
        let mut values = arguments.iter().take(2).map(|argument| self.value(argument, None)).collect::<Vec<_>>();
        let sql = values.pop().filter(|_| arguments.len() > 1).unwrap_or_default();
        let query = self.meet_value(QueryCall::SeaOrmStatement, place, &sql);
        match arguments.get(2).and_then(listed) {
            Some(parts) => {
                let types: Vec<Option<RustType>> = parts.iter().map(|part| self.converted(part)).collect();
                if let Some(query) = self.out.queries.get_mut(query) {
                    query.arguments = types.len() as u32;
                    query.parameters = types;
                }
            }
            None => {
                arguments.get(2).map(|values| self.value(values, None));
            }
        }
        Value { query: Some(query), ..Value::of(Ty::of("Statement", Vec::new())) }
    }

    /// `Model::find_by_statement(statement)` and `Model::from_query_result(&row, "")`; `None` for every other call.
    pub(super) fn found_by_statement(&mut self, path: &[Name], generics: &[Type], values: &[Value]) -> Option<Value> {
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
            "try_get" | "try_get_by" | "try_get_by_index" => {
                let query = self.statement_of(receiver)?;
                receiver.ty.as_ref().filter(|ty| ty.bare().name == ROW)?;
                self.read_by_hand(query, call, wanted)
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
        path.push("Model".into());
        if entity == "Entity" {
            return self.strukt_type(path);
        }
        // `use super::cake::Entity as Cake;`
        match &*self.index.find(self.site, owner) {
            Found::External(full) | Found::Member(_, full) => {
                let (_, module) = full.split_last()?;
                self.strukt_type(module.iter().cloned().chain([Name::from("Model")]).collect())
            }
            Found::Item(_) => None,
        }
    }

    fn strukt_type(&self, path: Vec<Name>) -> Option<Ty> {
        let ty = self.ty(&Type { segments: path, ..Type::default() });
        ty.strukt.map(|_| ty)
    }

    /// The type before `x.into()` or `Value::from(x)` made it a value of sea-orm.
    fn converted(&mut self, value: &Expr) -> Option<RustType> {
        match value {
            Expr::Same(inner) => self.converted(inner),
            Expr::Method(call) if call.name == "into" => self.bound_type(&call.receiver, Literals::FallBack),
            Expr::Call { function, arguments, .. } => match (&**function, arguments.as_slice()) {
                (Expr::Path { segments, .. }, [only]) if segments.last().is_some_and(|last| last == "from") => {
                    self.bound_type(only, Literals::FallBack)
                }
                _ => {
                    self.value(value, None);
                    None
                }
            },
            other => {
                self.value(other, None);
                None
            }
        }
    }

    /// `row.try_get("", "name")`, `row.try_get_by("name")`, `row.try_get_by_index(0)`.
    fn read_by_hand(&mut self, query: usize, call: &MethodCall, wanted: Option<&Ty>) -> Option<Value> {
        let texts: Vec<Option<String>> = call
            .arguments
            .iter()
            .map(|argument| self.value(argument, None).only_text().map(|text| text.text.value))
            .collect();
        let key = match (call.name.as_str(), call.arguments.as_slice(), texts.as_slice()) {
            ("try_get", _, [Some(prefix), Some(name)]) => Some(Key::Name(format!("{prefix}{name}"))),
            ("try_get_by", _, [Some(name)]) => Some(Key::Name(name.clone())),
            ("try_get_by" | "try_get_by_index", [Expr::Literal(literal)], _) => literal.number.map(Key::Position),
            _ => None,
        };
        let written = call.generics.first().map(|ty| self.ty(ty)).filter(|ty| known(ty).is_some());
        let asked = || wanted.map(|ty| ty.arguments.first().filter(|_| ty.name == "Result").unwrap_or(ty)).cloned();
        let ty = written.or_else(asked).filter(|ty| known(ty).is_some());
        if let Some(key) = key {
            let read =
                RowRead { span: self.span(call.name_place), key, ty: ty.as_ref().and_then(known), panics: false };
            self.out.queries.get_mut(query).into_iter().for_each(|query| query.reads.push(read.clone()));
        }
        Some(ty.map(|ty| Value::of(Ty::of("Result", vec![ty]))).unwrap_or_default())
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

/// The values that an array or `vec!` lists; nothing where they come from elsewhere.
fn listed(values: &Expr) -> Option<&[Expr]> {
    match values {
        Expr::Same(inner) => listed(inner),
        Expr::Computed(parts) => Some(parts),
        _ => None,
    }
}
