//! Queries of sqlx: macros and functions, and where their SQL is written.

use super::kinds::{QUERY, ROW};
use super::parameters::Literals;
use super::{Follower, PlacedText, Value};
use crate::ir::{Expr, MacroQuery, Name, Place, Sql, Text, Type, Use, blocks};
use crate::model::{Query, QueryCall, RustType, StructRef};
use crate::names::{Found, Ty};
use crate::paths;

pub(super) const BUILT: &str = "the SQL is built at run time";

/// What is known of a query when it is met.
struct Met {
    call: QueryCall,
    place: Place,
    sql: Result<PlacedText, String>,
    row: Option<Ty>,
    parameters: Vec<Option<RustType>>,
}

impl Follower<'_> {
    pub(super) fn macro_query(&mut self, query: &MacroQuery, wanted: Option<&Ty>) -> Value {
        let sql = match &query.sql {
            Sql::Here(text) => Ok(PlacedText { path: self.path(), text: text.clone() }),
            Sql::PackageFile(path) => self.package_file(path),
            Sql::Expression(expression) => self.value(expression, None).only_text().ok_or_else(|| BUILT.to_owned()),
            Sql::Missing => Err("the arguments of the macro do not read as Rust".to_owned()),
        };
        let row = match query.call {
            QueryCall::QueryAsMacro | QueryCall::QueryAsUncheckedMacro => {
                query.target.as_ref().map(|target| self.ty(target))
            }
            QueryCall::QueryScalarMacro | QueryCall::QueryScalarUncheckedMacro => wanted.cloned(),
            _ => None,
        };
        let parameters = query.bound.iter().map(|bound| self.bound_type(bound, Literals::Expected)).collect();
        let met = Met { call: query.call, place: query.place, sql, row: row.clone(), parameters };
        let met = self.meet(met);
        let record = matches!(query.call, QueryCall::QueryMacro | QueryCall::QueryUncheckedMacro);
        Value { record, query: Some(met), ..Value::of(Ty::of(QUERY, row.into_iter().collect())) }
    }

    /// Whether a path names one of sqlx's query functions, also under another name.
    pub(super) fn query_function(&self, path: &[Name]) -> Option<QueryCall> {
        let found = self.index.find(self.site, path);
        let Found::External(full) = &*found else {
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

    /// `sqlx::raw_sql`, whose text may hold several statements.
    pub(super) fn is_raw_sql(&self, path: &[Name]) -> bool {
        match &*self.index.find(self.site, path) {
            Found::External(full) => {
                let named = full.last().is_some_and(|last| last == "raw_sql");
                named && full.first().is_some_and(|first| self.is_sqlx(first))
            }
            _ => false,
        }
    }

    pub(super) fn raw_query(&mut self, arguments: &[Expr], place: Place) -> Value {
        let sql = arguments.first().map(|argument| self.value(argument, None)).unwrap_or_default();
        let met = self.meet_value(QueryCall::Query, place, &sql.single());
        Value { query: Some(met), ..Value::of(Ty::of(QUERY, vec![Ty::of(ROW, Vec::new())])) }
    }

    /// `sqlx`, or the name that the manifest gives it.
    fn is_sqlx(&self, name: &str) -> bool {
        self.index.is_crate(self.site.file, name, "sqlx")
    }

    fn brings_all_of_sqlx(&self) -> bool {
        let uses = self.index.files.get(self.site.file).map(|file| file.uses.as_slice()).unwrap_or_default();
        let of_another = |brought: &&Use| {
            blocks::outside(&brought.module).is_some() && !self.site.module.starts_with(&brought.module)
        };
        let mut globs = uses.iter().filter(|brought| brought.name.is_none() && !of_another(brought));
        globs.any(|brought| brought.target.first().is_some_and(|first| self.is_sqlx(first)))
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
        let sql = values.next().unwrap_or_default();
        let last = generics.last().map(|ty| self.ty(ty)).filter(|ty| ty.name != "_");
        let row = match call {
            QueryCall::QueryAs | QueryCall::QueryScalar => last.or_else(|| wanted.cloned()),
            _ => None,
        };
        let met = self.meet(of_value(call, place, &sql, row.clone()));
        if call == QueryCall::QueryAs {
            self.own_from_row(met, row.as_ref());
        }
        self.twin(met, call, place, sql, &row);
        let row = row.or_else(|| (call == QueryCall::Query).then(|| Ty::of(ROW, Vec::new())));
        Value { query: Some(met), ..Value::of(Ty::of(QUERY, row.into_iter().collect())) }
    }

    /// A query by its text alone.
    pub(super) fn meet_value(&mut self, call: QueryCall, place: Place, sql: &Value) -> usize {
        let met = self.meet(of_value(call, place, sql, None));
        self.twin(met, call, place, sql.clone(), &None);
        met
    }

    /// The other texts that a call may be given are queries of their own.
    fn twin(&mut self, first: usize, call: QueryCall, place: Place, sql: Value, row: &Option<Ty>) {
        let others = sql.also.into_iter().map(Ok);
        let unknown = sql.built.filter(|_| sql.text.is_some()).map(|reason| Err(reason.to_owned()));
        for sql in others.chain(unknown) {
            let twin = self.meet(Met { call, place, sql, row: row.clone(), parameters: Vec::new() });
            self.out.twins.push((first, twin));
        }
    }

    /// `QueryBuilder::new(..)`: seen, and not checked.
    pub(super) fn built_query(&mut self, place: Place) {
        let sql = Err(format!("{BUILT} by a QueryBuilder"));
        self.meet(Met { call: QueryCall::Query, place, sql, row: None, parameters: Vec::new() });
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
            arguments: met.parameters.len() as u32,
            parameters: met.parameters,
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
        let value = self.disk.text(path).ok()?.replace("\r\n", "\n");
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

fn of_value(call: QueryCall, place: Place, sql: &Value, row: Option<Ty>) -> Met {
    let reason = || sql.built.unwrap_or(BUILT).to_owned();
    Met { call, place, sql: sql.text.clone().ok_or_else(reason), row, parameters: Vec::new() }
}
