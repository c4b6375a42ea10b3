//! The values that cross to Python, named as `pytest_errorbudget.model.contracts` and what stands below it name them.

use std::sync::Arc;

use serde::Serialize;

use crate::ir::Name;

/// A stretch of a file; lines and columns count from 1, columns count characters, the end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    pub path: Arc<str>,
    pub line: u32,
    pub column: u32,
    pub end_line: Option<u32>,
    pub end_column: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RustType {
    pub path: Name,
    pub arguments: Vec<RustType>,
    pub text: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Attribute {
    pub library: &'static str,
    pub name: Name,
    pub value: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Field {
    pub name: Name,
    pub column: String,
    #[serde(rename = "type")]
    pub ty: RustType,
    pub span: Span,
    pub attributes: Vec<Attribute>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Struct {
    pub span: Span,
    pub name: Name,
    #[serde(rename = "crate")]
    pub krate: String,
    pub module: String,
    pub derives: Vec<Name>,
    pub fields: Vec<Field>,
    pub attributes: Vec<Attribute>,
}

/// A variant with what each library that the enum derives for calls it: sorted (library, label).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Variant {
    pub name: Name,
    pub labels: Vec<(&'static str, String)>,
    pub span: Span,
    pub number: Option<i64>,
    pub attributes: Vec<Attribute>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RustEnum {
    pub span: Span,
    pub name: Name,
    #[serde(rename = "crate")]
    pub krate: String,
    pub module: String,
    pub derives: Vec<Name>,
    pub variants: Vec<Variant>,
    pub repr: Option<Name>,
    pub attributes: Vec<Attribute>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct StructRef {
    pub path: Arc<str>,
    pub name: Name,
}

/// How a query is written; the names are those of `QueryCall`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum QueryCall {
    #[serde(rename = "query!")]
    QueryMacro,
    #[serde(rename = "query_as!")]
    QueryAsMacro,
    #[serde(rename = "query_scalar!")]
    QueryScalarMacro,
    #[serde(rename = "query_unchecked!")]
    QueryUncheckedMacro,
    #[serde(rename = "query_as_unchecked!")]
    QueryAsUncheckedMacro,
    #[serde(rename = "query_scalar_unchecked!")]
    QueryScalarUncheckedMacro,
    #[serde(rename = "query")]
    Query,
    #[serde(rename = "query_as")]
    QueryAs,
    #[serde(rename = "query_scalar")]
    QueryScalar,
    #[serde(rename = "diesel::sql_query")]
    DieselSqlQuery,
    #[serde(rename = "sea_orm::Statement")]
    SeaOrmStatement,
    #[serde(rename = "tokio_postgres::query")]
    TokioQuery,
    #[serde(rename = "tokio_postgres::query_one")]
    TokioQueryOne,
    #[serde(rename = "tokio_postgres::query_opt")]
    TokioQueryOpt,
    #[serde(rename = "tokio_postgres::execute")]
    TokioExecute,
    #[serde(rename = "tokio_postgres::prepare")]
    TokioPrepare,
}

/// The column's name, or its position from 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Key {
    Name(String),
    Position(u64),
}

/// One value taken by hand from a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RowRead {
    pub span: Span,
    pub key: Key,
    #[serde(rename = "type")]
    pub ty: Option<RustType>,
    pub panics: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Query {
    pub path: Arc<str>,
    pub span: Span,
    pub function: Name,
    pub ordinal: u32,
    #[serde(rename = "crate")]
    pub krate: String,
    pub call: QueryCall,
    pub sql: Option<String>,
    pub literal: Option<Span>,
    pub offsets: Vec<(u32, u32, u32)>,
    pub target: Option<StructRef>,
    pub scalar: Option<RustType>,
    pub arguments: u32,
    pub parameters: Vec<Option<RustType>>,
    pub reads: Vec<RowRead>,
    pub unchecked: Option<String>,
}

/// A column of diesel's `table!`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DeclaredColumn {
    pub name: Name,
    pub column: String,
    #[serde(rename = "type")]
    pub ty: RustType,
    pub span: Span,
    pub attributes: Vec<Attribute>,
}

/// A table of diesel's `table!`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DeclaredTable {
    pub span: Span,
    pub name: Name,
    pub schema: Option<Name>,
    pub table: String,
    #[serde(rename = "crate")]
    pub krate: String,
    pub module: String,
    pub primary_key: Vec<Name>,
    pub columns: Vec<DeclaredColumn>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Cast {
    pub to: Name,
    pub lossy: bool,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FieldFlow {
    pub span: Span,
    pub payload: StructRef,
    pub field: Name,
    pub row: StructRef,
    pub row_field: Name,
    pub casts: Vec<Cast>,
    pub function: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct LostFlow {
    pub span: Span,
    pub payload: StructRef,
    pub field: Name,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Handler {
    pub path: Arc<str>,
    pub span: Span,
    pub function: Name,
    #[serde(rename = "crate")]
    pub krate: String,
    pub method: String,
    pub route: String,
    pub inputs: Vec<StructRef>,
    pub outputs: Vec<StructRef>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Declaration,
    Definition,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FfiFunction {
    pub path: Arc<str>,
    pub span: Span,
    pub symbol: String,
    pub side: Side,
    #[serde(rename = "crate")]
    pub krate: String,
    pub abi: String,
    pub parameters: Vec<(RustType, Span)>,
    pub result: Option<RustType>,
    pub variadic: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unread {
    pub span: Span,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Crate {
    pub name: Name,
    pub manifest: String,
    pub service: bool,
    pub libraries: Vec<String>,
    pub files: Vec<Arc<str>>,
    /// Library, feature.
    pub features: Vec<(String, String)>,
    /// The packages of the repository that it names.
    pub uses: Vec<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Contracts {
    pub crates: Vec<Crate>,
    pub structs: Vec<Struct>,
    pub enums: Vec<RustEnum>,
    pub tables: Vec<DeclaredTable>,
    pub queries: Vec<Query>,
    pub handlers: Vec<Handler>,
    pub flows: Vec<FieldFlow>,
    pub lost: Vec<LostFlow>,
    pub ffi: Vec<FfiFunction>,
    pub unread: Vec<Unread>,
    pub gaps: Vec<Unread>,
}
