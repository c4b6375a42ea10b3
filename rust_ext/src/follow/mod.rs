//! Follows values through function bodies: which query, which route, which row field fills which payload field.
//!
//! Types are known where the source says them: parameters, `let` with a type, results of functions of the
//! workspace, targets of queries. Where the trail ends, the value is without an origin, and that is said.

mod calls;
mod diesel;
mod expressions;
mod fills;
mod kinds;
mod method_kinds;
mod methods;
mod parameters;
mod patterns;
mod queries;
mod routes;
mod rows;
mod sea_orm;
mod texts;
mod tokio;
mod values;

use std::sync::Arc;

use crate::disk::Disk;
use crate::ir::{self, Body, Expr, Function, Name, Place, Text};
use crate::model::{Cast, Query, Span, Unread};
use crate::names::{FunctionId, Index, Signature, Site, StructId, Ty};

/// The field of a struct that a value was read from, and the casts since.
#[derive(Debug, Clone)]
pub struct Origin {
    pub owner: StructId,
    pub field: Name,
    pub casts: Vec<Cast>,
}

/// A text with the file that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedText {
    pub path: Arc<str>,
    pub text: Text,
}

#[derive(Debug, Clone, Default)]
pub struct Value {
    pub ty: Option<Ty>,
    pub origin: Option<Origin>,
    pub text: Option<PlacedText>,
    /// The other texts that it may be.
    pub also: Vec<PlacedText>,
    /// Why it may be a text that the source does not hold.
    pub built: Option<&'static str>,
    /// The position of a query in `Followed.queries`, before it is fetched.
    pub query: Option<usize>,
    /// Whether the query may have more bound to it on some ways than on others.
    pub loose: bool,
    /// A row of `query!`, which has no struct.
    pub record: bool,
}

impl Value {
    /// The text, where it is no other on any way.
    fn only_text(self) -> Option<PlacedText> {
        self.text.filter(|_| self.also.is_empty() && self.built.is_none())
    }

    fn of(ty: Ty) -> Self {
        Self { ty: Some(ty), ..Self::default() }
    }

    fn typed(self, ty: Option<Ty>) -> Self {
        Self { ty, ..self }
    }

    /// The struct that the value is, under references, `Box` and the like.
    fn strukt(&self) -> Option<StructId> {
        self.ty.as_ref().and_then(|ty| ty.bare().strukt)
    }
}

/// One field of a struct that a function fills.
#[derive(Debug, Clone)]
pub struct Fill {
    pub target: StructId,
    pub field: Name,
    pub origin: Option<Origin>,
    pub record: bool,
    pub span: Span,
    pub function: Name,
}

/// A route and its handler.
#[derive(Debug, Clone)]
pub struct Route {
    pub path: String,
    pub method: String,
    pub handler: FunctionId,
}

/// What the functions of one file gave.
#[derive(Debug, Default)]
pub struct Followed {
    pub queries: Vec<Query>,
    pub targets: Vec<StructId>,
    pub fills: Vec<Fill>,
    pub routes: Vec<Route>,
    /// Functions whose attributes have their routes, with the prefixes under which they are reached.
    pub mounts: Vec<(FunctionId, String)>,
    pub unread: Vec<Unread>,
    pub gaps: Vec<Unread>,
    /// Queries of one call that differ in their texts: the first, and another.
    pub twins: Vec<(usize, usize)>,
    /// The type of each function's last expression.
    pub values: Vec<(FunctionId, Ty)>,
}

/// Follows every function of a file.
pub fn file(disk: &Disk, index: &Index, number: usize) -> Followed {
    let mut followed = Followed::default();
    let bodies = index.bodies(number).unwrap_or_else(|unread| {
        followed.unread.push(unread);
        Vec::new()
    });
    let around = Around { disk, index, file: number, bodies: &bodies };
    for id in index.functions_of(number) {
        if index.function(id).is_none_or(|(_, function)| function.body.is_empty()) {
            continue;
        }
        if let Some(mut follower) = Follower::new(around, id) {
            follower.out = followed;
            follower.run(id);
            followed = follower.out;
        }
    }
    for query in &mut followed.queries {
        if query.parameters.iter().all(Option::is_none) {
            query.parameters.clear();
        }
    }
    for (first, other) in std::mem::take(&mut followed.twins) {
        if let Some(Query { arguments, parameters, reads, target, scalar, .. }) = followed.queries.get(first).cloned() {
            if let Some(twin) = followed.queries.get_mut(other) {
                *twin = Query { arguments, parameters, reads, target, scalar, ..twin.clone() };
            }
        }
    }
    followed
}

/// The name of a function as items are called: `Type::method`.
pub fn function_name(function: &Function) -> Name {
    ir::function_name(function.owner.as_deref(), &function.name)
}

/// What is known while the functions of a file are followed.
#[derive(Clone, Copy)]
struct Around<'a> {
    disk: &'a Disk<'a>,
    index: &'a Index<'a>,
    file: usize,
    /// The bodies of the file that are read now.
    bodies: &'a [Expr],
}

struct Follower<'a> {
    disk: &'a Disk<'a>,
    index: &'a Index<'a>,
    around: Around<'a>,
    site: Site<'a>,
    function: &'a Function,
    signature: &'a Signature,
    /// What `return` gives.
    result: Option<&'a Ty>,
    /// Names in scope, the innermost last.
    names: Vec<(Name, Value)>,
    /// Prefixes of `nest`.
    prefix: Vec<String>,
    /// Functions on the way that were given a row.
    depth: usize,
    out: Followed,
}

impl<'a> Follower<'a> {
    fn new(around: Around<'a>, id: FunctionId) -> Option<Self> {
        let Around { disk, index, .. } = around;
        let ((site, function), signature) = (index.function(id)?, index.signature(id)?);
        let result = signature.result.as_ref();
        Some(Self {
            disk,
            index,
            around,
            site,
            function,
            signature,
            result,
            names: Vec::new(),
            prefix: Vec::new(),
            depth: 0,
            out: Followed::default(),
        })
    }

    fn run(&mut self, id: FunctionId) {
        for (parameter, ty) in self.function.parameters.iter().zip(&self.signature.parameters) {
            let built = matches!(ty.bare().name.as_str(), "str" | "String").then_some(texts::PASSED);
            self.bind(&parameter.pattern, Value { built, ..Value::of(ty.clone()) });
        }
        let value = self.body().map(|body| self.value(body, self.result)).unwrap_or_default();
        if let Some(ty) = value.ty {
            self.out.values.push((id, ty));
        }
    }

    /// Follows the function with rows for its parameters.
    fn run_with(&mut self, values: &[Value]) {
        let parameters = self.function.parameters.iter().zip(&self.signature.parameters);
        for (at, (parameter, ty)) in parameters.enumerate() {
            let given = values.get(at).filter(|value| value.ty.as_ref().is_some_and(kinds::is_row));
            self.bind(&parameter.pattern, given.cloned().unwrap_or_else(|| Value::of(ty.clone())));
        }
        if let Some(body) = self.body() {
            self.value(body, self.result);
        }
    }

    /// What the function does; the bodies of other files are kept, as rows are handed to few of them.
    fn body(&self) -> Option<&'a Expr> {
        match &self.function.body {
            Body::Known(body) => Some(body),
            Body::Later(number) if self.site.file == self.around.file => self.around.bodies.get(*number),
            Body::Later(number) => self.index.kept_bodies(self.site.file).get(*number),
        }
    }

    fn ty(&self, ty: &ir::Type) -> Ty {
        self.index.ty(self.site, ty, self.signature.own.as_ref())
    }

    fn path(&self) -> Arc<str> {
        self.index.files.get(self.site.file).map(|file| Arc::clone(&file.path)).unwrap_or_default()
    }

    fn span(&self, place: Place) -> Span {
        place.in_file(&self.path())
    }

    /// The type of a struct's field, as its own file means it.
    fn field_type(&self, strukt: StructId, name: &str) -> Option<&'a Ty> {
        self.index.field_type(strukt, name)
    }

    fn result_type(&self, function: FunctionId) -> Option<Ty> {
        self.index.signature(function)?.result.clone()
    }

    fn parameter_types(&self, function: FunctionId) -> &'a [Ty] {
        self.index.signature(function).map(|signature| signature.parameters.as_slice()).unwrap_or_default()
    }
}
