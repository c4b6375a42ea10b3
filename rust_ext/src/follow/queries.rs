//! Queries of sqlx: macros and functions, and where their SQL is written.

use super::{Follower, PlacedText, Value};
use crate::ir::{Expr, MacroQuery, Place, Sql, Text, Type};
use crate::model::{Query, QueryCall, StructRef};
use crate::names::{Found, Ty};
use crate::{paths, source};

/// The type of a query before it is fetched; its argument is the row.
pub(super) const QUERY: &str = "query";

pub(super) const BUILT: &str = "the SQL is built at run time";

/// What is known of a query when it is met.
struct Met {
    call: QueryCall,
    place: Place,
    sql: Result<PlacedText, String>,
    row: Option<Ty>,
    arguments: u32,
}

impl Follower<'_> {
    pub(super) fn macro_query(&mut self, query: &MacroQuery, wanted: Option<&Ty>) -> Value {
        let sql = match &query.sql {
            Sql::Here(text) => Ok(PlacedText { path: self.path(), text: text.clone() }),
            Sql::PackageFile(path) => self.package_file(path),
            Sql::Expression(expression) => self.value(expression, None).text.ok_or_else(|| BUILT.to_owned()),
            Sql::Missing => Err("the arguments of the macro do not read as Rust".to_owned()),
        };
        let row = match query.call {
            QueryCall::QueryAsMacro | QueryCall::QueryAsUncheckedMacro => {
                query.target.as_ref().map(|target| self.ty(target))
            }
            QueryCall::QueryScalarMacro | QueryCall::QueryScalarUncheckedMacro => wanted.cloned(),
            _ => None,
        };
        let met = Met { call: query.call, place: query.place, sql, row: row.clone(), arguments: query.arguments };
        let met = self.meet(met);
        let record = matches!(query.call, QueryCall::QueryMacro | QueryCall::QueryUncheckedMacro);
        Value { record, query: Some(met), ..Value::of(Ty::of(QUERY, row.into_iter().collect())) }
    }

    /// Whether a path names one of sqlx's query functions, also under another name.
    pub(super) fn query_function(&self, path: &[String]) -> Option<QueryCall> {
        let Found::External(full) = self.index.find(self.site, path) else {
            return None;
        };
        let (name, first) = (full.last()?.as_str(), full.first()?);
        let call = match name.strip_suffix("_with").unwrap_or(name) {
            "query" => QueryCall::Query,
            "query_as" => QueryCall::QueryAs,
            "query_scalar" => QueryCall::QueryScalar,
            _ => return None,
        };
        let of_sqlx = if full.len() == 1 { self.brings_all_of_sqlx() } else { self.is_sqlx(first) };
        of_sqlx.then_some(call)
    }

    /// `sqlx`, or the name that the manifest gives it.
    fn is_sqlx(&self, name: &str) -> bool {
        self.index.is_crate(self.site.file, name, "sqlx")
    }

    fn brings_all_of_sqlx(&self) -> bool {
        let uses = self.index.files.get(self.site.file).map(|file| file.uses.as_slice()).unwrap_or_default();
        let mut all = uses.iter().chain(self.site.uses);
        all.any(|brought| brought.name.is_none() && brought.target.first().is_some_and(|first| self.is_sqlx(first)))
    }

    pub(super) fn query_call(
        &mut self,
        call: QueryCall,
        generics: &[Type],
        arguments: &[Expr],
        place: Place,
        wanted: Option<&Ty>,
    ) -> Value {
        let mut values = arguments.iter().map(|argument| self.value(argument, None)).collect::<Vec<_>>().into_iter();
        let sql = values.next().and_then(|value| value.text).ok_or_else(|| BUILT.to_owned());
        let last = generics.last().map(|ty| self.ty(ty)).filter(|ty| ty.name != "_");
        let row = match call {
            QueryCall::QueryAs | QueryCall::QueryScalar => last.or_else(|| wanted.cloned()),
            _ => None,
        };
        let met = self.meet(Met { call, place, sql, row: row.clone(), arguments: 0 });
        Value { query: Some(met), ..Value::of(Ty::of(QUERY, row.into_iter().collect())) }
    }

    /// `QueryBuilder::new(..)`: seen, and not checked.
    pub(super) fn built_query(&mut self, place: Place) {
        let sql = Err(format!("{BUILT} by a QueryBuilder"));
        self.meet(Met { call: QueryCall::Query, place, sql, row: None, arguments: 0 });
    }

    /// A query whose rows are not known yet.
    pub(super) fn meet_text(&mut self, call: QueryCall, place: Place, sql: Option<PlacedText>) -> usize {
        let sql = sql.ok_or_else(|| BUILT.to_owned());
        self.meet(Met { call, place, sql, row: None, arguments: 0 })
    }

    /// Says what the rows of a query become.
    pub(super) fn give_rows(&mut self, query: usize, row: &Ty) {
        let target = row.bare().strukt;
        self.out.targets.extend(target);
        let reference = target.and_then(|id| self.index.reference(id));
        if let Some(query) = self.out.queries.get_mut(query) {
            query.scalar = if reference.is_none() { Some(row.model()) } else { None };
            query.target = reference;
        }
    }

    /// Notes a query, and gives its position.
    fn meet(&mut self, met: Met) -> usize {
        let krate = self.index.files.get(self.site.file).and_then(|file| self.index.packages.get(file.package));
        let target = met.row.as_ref().and_then(|row| row.bare().strukt);
        self.out.targets.extend(target);
        let target: Option<StructRef> = target.and_then(|id| self.index.reference(id));
        let scalar = match target {
            Some(_) => None,
            None => met.row.as_ref().map(Ty::model),
        };
        let (sql, literal, offsets, unchecked) = match met.sql {
            Ok(PlacedText { path, text }) => (Some(text.value), Some(text.place.in_file(&path)), text.offsets, None),
            Err(reason) => (None, None, Vec::new(), Some(reason)),
        };
        self.out.queries.push(Query {
            path: self.path(),
            span: self.span(met.place),
            function: super::function_name(self.function),
            ordinal: 0,
            krate: krate.map(|package| package.name.clone()).unwrap_or_default(),
            call: met.call,
            sql,
            literal,
            offsets,
            target,
            scalar,
            arguments: met.arguments,
            parameters: Vec::new(),
            reads: Vec::new(),
            unchecked,
        });
        self.out.queries.len() - 1
    }

    pub(super) fn included(&self, path: &str) -> Value {
        let path = paths::join(paths::folder(&self.path()), path);
        Value { text: self.read_text(&path), ..Value::default() }
    }

    fn package_file(&self, path: &str) -> Result<PlacedText, String> {
        let file = self.index.files.get(self.site.file);
        let package = file.and_then(|file| self.index.packages.get(file.package));
        let folder = package.map_or("", |package| paths::folder(&package.manifest));
        let path = paths::join(folder, path);
        self.read_text(&path).ok_or_else(|| format!("the file `{path}` cannot be read"))
    }

    /// A text file of the repository; files outside of it are not read.
    pub(super) fn read_text(&self, path: &str) -> Option<PlacedText> {
        if path.starts_with("..") {
            return None;
        }
        let value = source::text(self.root, path).ok()?.replace("\r\n", "\n");
        let mut offsets = vec![(0, 1, 1)];
        let mut at = 0_u32;
        for (line, text) in value.split_inclusive('\n').enumerate() {
            if line > 0 {
                offsets.push((at, line as u32 + 1, 1));
            }
            at += text.chars().count() as u32;
        }
        let last = value.lines().count().max(1) as u32;
        let width = value.lines().last().map_or(0, |line| line.chars().count() as u32);
        let place = Place { line: 1, column: 1, end_line: last, end_column: width + 1 };
        Some(PlacedText { path: path.into(), text: Text { value, place, offsets } })
    }
}
