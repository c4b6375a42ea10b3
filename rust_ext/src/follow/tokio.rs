//! Queries of tokio-postgres, and of the pools and the blocking client that have its methods.
//!
//! `query` and `execute` are methods of many types. A call counts where the crate uses one of these libraries, the
//! receiver can be a client as far as its type is known, and the arguments are those of such a call.

use super::kinds::ROW;
use super::parameters::Literals;
use super::{Follower, Value};
use crate::ir::{Expr, MethodCall, Type};
use crate::model::{QueryCall, RustType};
use crate::names::{Found, FunctionId, Ty};
use crate::statements;

const LIBRARIES: [&str; 5] = ["bb8-postgres", "deadpool-postgres", "postgres", "r2d2_postgres", "tokio-postgres"];

/// The type of a prepared statement whose text is known.
const PREPARED: &str = "prepared";

/// Types with the methods of a client, also inside of guards and pointers.
const CLIENTS: [&str; 7] = [
    "Client",
    "ClientWrapper",
    "GenericClient",
    "Object",
    "PooledConnection",
    "PostgresConnectionManager",
    "Transaction",
];

/// Types that say nothing about the value.
const OPEN: [&str; 4] = ["", "_", "dyn", "impl"];

/// A method of a client.
struct Shape {
    call: QueryCall,
    /// How many arguments it has; the second are the parameters.
    arguments: usize,
    gives: Gives,
    /// Whether the text may hold several statements.
    script: bool,
}

#[derive(Clone, Copy)]
enum Gives {
    Rows,
    Row,
    OptionalRow,
    Stream,
    Count,
    Statement,
    Nothing,
}

fn shape(name: &str) -> Option<Shape> {
    let of = |call, arguments, gives| Some(Shape { call, arguments, gives, script: false });
    match name {
        "query" | "query_typed" => of(QueryCall::TokioQuery, 2, Gives::Rows),
        "query_raw" | "query_typed_raw" => of(QueryCall::TokioQuery, 2, Gives::Stream),
        "query_one" => of(QueryCall::TokioQueryOne, 2, Gives::Row),
        "query_opt" => of(QueryCall::TokioQueryOpt, 2, Gives::OptionalRow),
        "execute" | "execute_raw" | "execute_typed" => of(QueryCall::TokioExecute, 2, Gives::Count),
        "prepare" | "prepare_cached" => of(QueryCall::TokioPrepare, 1, Gives::Statement),
        "prepare_typed" | "prepare_typed_cached" => of(QueryCall::TokioPrepare, 2, Gives::Statement),
        "batch_execute" => of(QueryCall::TokioExecute, 1, Gives::Nothing).map(script),
        "simple_query" => of(QueryCall::TokioQuery, 1, Gives::Nothing).map(script),
        _ => None,
    }
}

fn script(shape: Shape) -> Shape {
    Shape { script: true, ..shape }
}

impl Follower<'_> {
    /// A query by a client; `None` for every other call.
    pub(super) fn tokio_method(&mut self, receiver: &Value, call: &MethodCall) -> Option<Value> {
        let shape = shape(&call.name).filter(|shape| shape.arguments == call.arguments.len())?;
        if receiver.query.is_some() || !self.uses_tokio() || !self.may_be_client(receiver, &call.name, shape.gives) {
            return None;
        }
        let (sql, rest) = call.arguments.split_first()?;
        if rest.first().is_some_and(|given| self.made_elsewhere(given)) {
            return None;
        }
        let listed = rest.first().and_then(list);
        let text = self.value(sql, None);
        if let Some(prepared) = text.query.filter(|_| text.ty.as_ref().is_some_and(|ty| ty.bare().name == PREPARED)) {
            self.pass(prepared, &shape, listed, rest);
            return Some(given(shape.gives, Some(prepared)));
        }
        if is_statement(&text) {
            rest.iter().for_each(|argument| drop(self.value(argument, None)));
            return Some(given(shape.gives, None));
        }
        let certain = receiver.ty.as_ref().is_some_and(has_client);
        if !certain && !reads_as_query(&text, &shape, listed) {
            return None;
        }
        let text = if shape.script { text.single() } else { text };
        let query = self.meet_value(shape.call, call.place, &text);
        self.pass(query, &shape, listed, rest);
        Some(given(shape.gives, Some(query)))
    }

    fn uses_tokio(&self) -> bool {
        let file = self.index.files.get(self.site.file);
        let package = file.and_then(|file| self.index.packages.get(file.package));
        package.is_some_and(|package| package.libraries.iter().any(|name| LIBRARIES.contains(&name.as_str())))
    }

    /// Whether the parameters come from a macro of another library, such as rusqlite's `params!`: its client has
    /// methods of the same names.
    fn made_elsewhere(&self, parameters: &Expr) -> bool {
        match parameters {
            Expr::Same(inner) => self.made_elsewhere(inner),
            Expr::Invoked(path, _) => match self.index.find(self.site, path).as_ref() {
                Found::External(found) => match found.as_slice() {
                    [library, .., _] => {
                        !LIBRARIES.iter().any(|ours| self.index.is_crate(self.site.file, library, ours))
                    }
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        }
    }

    fn may_be_client(&self, receiver: &Value, method: &str, gives: Gives) -> bool {
        let Some(ty) = receiver.ty.as_ref().map(Ty::bare) else {
            return true;
        };
        match ty.strukt {
            Some(strukt) => self.index.all_methods(strukt, method).iter().all(|own| self.hands_on(*own, gives)),
            None => OPEN.contains(&ty.name.as_str()) || ty.name.len() == 1 || has_client(ty),
        }
    }

    /// Whether a struct's own method gives what the client's of that name gives, as one around it does.
    fn hands_on(&self, method: FunctionId, gives: Gives) -> bool {
        let given = match gives {
            Gives::Rows | Gives::Row | Gives::OptionalRow => "Row",
            Gives::Statement => "Statement",
            Gives::Count => "u64",
            Gives::Stream | Gives::Nothing => return false,
        };
        let result = self.index.function(method).and_then(|(_, function)| function.result.as_ref());
        result.is_some_and(|ty| names(ty, given))
    }

    /// The parameters of a call.
    fn pass(&mut self, query: usize, shape: &Shape, listed: Option<&[Expr]>, rest: &[Expr]) {
        let Some(parts) = listed.filter(|_| !matches!(shape.gives, Gives::Statement)) else {
            rest.iter().for_each(|argument| drop(self.value(argument, None)));
            return;
        };
        let parameters: Vec<Option<RustType>> = parts
            .iter()
            .map(|part| match part {
                // `(&x, Type::INT4)` of `query_typed`
                Expr::Tuple(pair) => pair.first().and_then(|value| self.bound_type(value, Literals::FallBack)),
                value => self.bound_type(value, Literals::FallBack),
            })
            .collect();
        if let Some(query) = self.out.queries.get_mut(query).filter(|query| query.arguments == 0) {
            query.arguments = parameters.len() as u32;
            query.parameters = parameters;
        }
    }
}

/// Whether a type or one of its arguments has the name.
fn names(ty: &Type, name: &str) -> bool {
    ty.segments.last().is_some_and(|last| last == name) || ty.arguments.iter().any(|inner| names(inner, name))
}

/// `&[&a, &b]`, `&[]`, `[a, b]`.
fn list(expression: &Expr) -> Option<&[Expr]> {
    match expression {
        Expr::Same(inner) => list(inner),
        Expr::Computed(parts) => Some(parts),
        _ => None,
    }
}

fn has_client(ty: &Ty) -> bool {
    CLIENTS.contains(&ty.name.as_str()) || ty.arguments.iter().any(has_client)
}

/// A `Statement` that was prepared elsewhere.
fn is_statement(value: &Value) -> bool {
    value.ty.as_ref().is_some_and(|ty| matches!(ty.bare().name.as_str(), "Statement" | "CachedStatement" | PREPARED))
}

/// Whether the arguments are those of a query where nothing is known of the receiver.
fn reads_as_query(text: &Value, shape: &Shape, listed: Option<&[Expr]>) -> bool {
    match &text.text {
        Some(text) => {
            statements::begins(&text.text.value) && (shape.arguments == 1 || text_has(&text.text.value, listed))
        }
        None => shape.arguments == 2 && listed.is_some() && !shape.script && text.built.is_some(),
    }
}

/// Parameters of other libraries are `?`.
fn text_has(sql: &str, listed: Option<&[Expr]>) -> bool {
    listed.is_some_and(<[Expr]>::is_empty) || sql.contains("$1") || !sql.contains('?')
}

fn given(gives: Gives, query: Option<usize>) -> Value {
    let row = || Ty::of(ROW, Vec::new());
    let result = match gives {
        Gives::Rows => Ty::of("Vec", vec![row()]),
        Gives::Row => row(),
        Gives::OptionalRow => Ty::of("Option", vec![row()]),
        Gives::Stream => Ty::of("Stream", vec![Ty::of("Result", vec![row()])]),
        Gives::Statement => Ty::of(PREPARED, Vec::new()),
        Gives::Count => return Value::of(Ty::of("Result", vec![Ty::of("u64", Vec::new())])),
        Gives::Nothing => return Value::default(),
    };
    Value { query, ..Value::of(Ty::of("Result", vec![result])) }
}
