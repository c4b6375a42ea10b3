//! Follows values through function bodies: which query, which route, which row field fills which payload field.
//!
//! Types are known where the source says them: parameters, `let` with a type, results of functions of the
//! workspace, targets of queries. Where the trail ends, the value is without an origin, and that is said.

mod calls;
mod diesel;
mod expressions;
mod fills;
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

use std::sync::Arc;

use crate::disk::Disk;
use crate::ir::{Function, Place, Text};
use crate::model::{Cast, Query, Span, Unread};
use crate::names::{FunctionId, Index, Site, StructId, Ty};

/// The field of a struct that a value was read from, and the casts since.
#[derive(Debug, Clone)]
pub struct Origin {
    pub owner: StructId,
    pub field: String,
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
    pub field: String,
    pub origin: Option<Origin>,
    pub record: bool,
    pub span: Span,
    pub function: String,
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
    for (id, (file, _)) in index.functions.iter().enumerate() {
        if *file != number {
            continue;
        }
        if let Some((site, function)) = index.function(id) {
            let mut follower = Follower::new(disk, index, site, function, followed);
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
pub fn function_name(function: &Function) -> String {
    match function.owner.as_ref().and_then(|owner| owner.ty.segments.last()) {
        Some(owner) => format!("{owner}::{}", function.name),
        None => function.name.clone(),
    }
}

struct Follower<'a> {
    disk: &'a Disk<'a>,
    index: &'a Index<'a>,
    site: Site<'a>,
    function: &'a Function,
    own: Option<Ty>,
    result: Option<Ty>,
    /// Names in scope, the innermost last.
    names: Vec<(String, Value)>,
    /// Prefixes of `nest`.
    prefix: Vec<String>,
    /// Functions on the way that were given a row.
    depth: usize,
    out: Followed,
}

impl<'a> Follower<'a> {
    fn new(disk: &'a Disk<'a>, index: &'a Index<'a>, site: Site<'a>, function: &'a Function, out: Followed) -> Self {
        let own = function.owner.as_ref().map(|owner| index.ty(site, &owner.ty, None));
        let result = function.result.as_ref().map(|ty| index.ty(site, ty, own.as_ref()));
        Self { disk, index, site, function, own, result, names: Vec::new(), prefix: Vec::new(), depth: 0, out }
    }

    fn run(&mut self, id: FunctionId) {
        for parameter in &self.function.parameters {
            let ty = self.ty(&parameter.ty);
            let built = matches!(ty.bare().name.as_str(), "str" | "String").then_some(texts::PASSED);
            self.bind(&parameter.pattern, Value { built, ..Value::of(ty) });
        }
        let result = self.result.clone();
        let value = self.value(&self.function.body, result.as_ref());
        if let Some(ty) = value.ty {
            self.out.values.push((id, ty));
        }
    }

    /// Follows the function with rows for its parameters.
    fn run_with(&mut self, values: &[Value]) {
        for (at, parameter) in self.function.parameters.iter().enumerate() {
            let ty = self.ty(&parameter.ty);
            let given = values.get(at).filter(|value| value.ty.as_ref().is_some_and(rows::is_row));
            self.bind(&parameter.pattern, given.cloned().unwrap_or_else(|| Value::of(ty)));
        }
        let result = self.result.clone();
        self.value(&self.function.body, result.as_ref());
    }

    fn ty(&self, ty: &crate::ir::Type) -> Ty {
        self.index.ty(self.site, ty, self.own.as_ref())
    }

    fn path(&self) -> Arc<str> {
        self.index.files.get(self.site.file).map(|file| Arc::clone(&file.path)).unwrap_or_default()
    }

    fn span(&self, place: Place) -> Span {
        place.in_file(&self.path())
    }

    /// The type of a struct's field, as its own file means it.
    fn field_type(&self, strukt: StructId, name: &str) -> Option<Ty> {
        let (file, item) = *self.index.structs.get(strukt)?;
        let field = item.fields.iter().find(|field| field.name == name)?;
        let site = Site { file, module: &item.module, uses: &[] };
        Some(self.index.ty(site, &field.ty, None))
    }

    fn result_type(&self, function: FunctionId) -> Option<Ty> {
        let (site, function) = self.index.function(function)?;
        let own = function.owner.as_ref().map(|owner| self.index.ty(site, &owner.ty, None));
        function.result.as_ref().map(|ty| self.index.ty(site, ty, own.as_ref()))
    }

    fn parameter_types(&self, function: FunctionId) -> Vec<Ty> {
        let Some((site, function)) = self.index.function(function) else {
            return Vec::new();
        };
        let own = function.owner.as_ref().map(|owner| self.index.ty(site, &owner.ty, None));
        let parameters = function.parameters.iter();
        parameters.map(|parameter| self.index.ty(site, &parameter.ty, own.as_ref())).collect()
    }
}
