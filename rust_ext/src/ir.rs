//! What one file says, lowered from syn's tree to plain values that may cross threads.
//!
//! syn's spans belong to the thread that parsed; these values carry their own places. Names are not resolved yet.

use std::sync::Arc;

use crate::model::{Attribute, QueryCall, Span};

/// A module path inside a crate, outermost first.
pub type ModulePath = Vec<String>;

/// A place in the file at hand: line, column, end line, end column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

impl Place {
    pub fn in_file(self, path: &Arc<str>) -> Span {
        Span {
            path: Arc::clone(path),
            line: self.line,
            column: self.column,
            end_line: Some(self.end_line),
            end_column: Some(self.end_column),
        }
    }
}

/// A type as written. `segments` is a path, or one of the signs that `RustType.path` names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Type {
    pub segments: Vec<String>,
    pub arguments: Vec<Type>,
    pub text: String,
    pub place: Place,
}

/// A text in the source: its value, where it stands, and breakpoints (offset in characters, line, column).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    pub value: String,
    pub place: Place,
    pub offsets: Vec<(u32, u32, u32)>,
}

/// Where the SQL of a query comes from.
#[derive(Debug, Clone)]
pub enum Sql {
    Here(Text),
    /// `query_file!`: relative to the package.
    PackageFile(String),
    Expression(Box<Expr>),
    Missing,
}

#[derive(Debug, Clone)]
pub struct MacroQuery {
    pub call: QueryCall,
    pub target: Option<Type>,
    pub sql: Sql,
    pub bound: Vec<Expr>,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct FieldValue {
    pub name: String,
    pub value: Expr,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct StructLiteral {
    pub segments: Vec<String>,
    pub fields: Vec<FieldValue>,
    pub rest: Option<Box<Expr>>,
}

#[derive(Debug, Clone)]
pub struct MethodCall {
    pub receiver: Expr,
    pub name: String,
    pub generics: Vec<Type>,
    pub arguments: Vec<Expr>,
    /// The whole expression, and the part from the method's name on.
    pub place: Place,
    pub name_place: Place,
}

#[derive(Debug, Clone)]
pub struct Arm {
    pub pattern: Pattern,
    pub body: Expr,
}

#[derive(Debug, Clone)]
pub struct Closure {
    pub parameters: Vec<(Pattern, Option<Type>)>,
    pub body: Expr,
}

#[derive(Debug, Clone, Default)]
pub struct Literal {
    pub ty: &'static str,
    /// Whether a suffix or the literal's own kind says the type.
    pub said: bool,
    pub number: Option<u64>,
}

/// An expression, as far as queries, routes and flows need it.
#[derive(Debug, Clone)]
pub enum Expr {
    /// A path, with the generic arguments of its last segment, or of the one before.
    Path {
        segments: Vec<String>,
        generics: Vec<Type>,
        place: Place,
    },
    Field(Box<Expr>, String),
    Index(Box<Expr>, Box<Expr>),
    Call {
        function: Box<Expr>,
        arguments: Vec<Expr>,
        place: Place,
    },
    Method(Box<MethodCall>),
    Cast(Box<Expr>, Type, Place),
    Struct(Box<StructLiteral>),
    Closure(Box<Closure>),
    Block(Vec<Statement>),
    Try(Box<Expr>),
    Await(Box<Expr>),
    /// References, dereferences, parentheses: the same value.
    Same(Box<Expr>),
    Tuple(Vec<Expr>),
    Text(Text),
    /// A number, truth value or character: its type, which is a guess of rustc's where no suffix says it.
    Literal(Literal),
    /// `format!` and its like: the template, and what is put into it, by name where it has one.
    Format(Text, Vec<(Option<String>, Expr)>),
    /// Texts one after the other: `+`, `concatcp!`.
    Joined(Vec<Expr>, Place),
    /// `include_str!`: relative to the file.
    IncludedText(String),
    Query(Box<MacroQuery>),
    /// Conditions or the matched value, then the branches, one of which is the value.
    Match {
        value: Option<Box<Expr>>,
        arms: Vec<Arm>,
    },
    /// `if let`, `while let`: binds for the rest of the enclosing chain.
    Let(Pattern, Box<Expr>),
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        other: Option<Box<Expr>>,
    },
    For {
        pattern: Pattern,
        over: Box<Expr>,
        body: Box<Expr>,
    },
    Return(Box<Expr>),
    Assign(Box<Expr>, Box<Expr>, Place),
    /// Something whose value is not followed, with its parts.
    Computed(Vec<Expr>),
}

#[derive(Debug, Clone)]
pub enum Pattern {
    Name(String),
    /// `mut x`: its value changes.
    Mutable(String),
    /// `Some(x)`, `Json(input)`, `Ok(row)`: one wrapper and what it holds.
    Wrapped(Vec<String>, Vec<Pattern>),
    Tuple(Vec<Pattern>),
    Struct(Vec<String>, Vec<(String, Pattern)>),
    Other,
}

#[derive(Debug, Clone)]
pub struct Local {
    pub pattern: Pattern,
    pub ty: Option<Type>,
    pub value: Option<Expr>,
    pub otherwise: Option<Expr>,
}

#[derive(Debug, Clone)]
pub enum Statement {
    Let(Box<Local>),
    Expr(Expr),
    /// The value of the block.
    Tail(Expr),
}

#[derive(Debug, Clone)]
pub struct Parameter {
    pub pattern: Pattern,
    pub ty: Type,
}

/// What a function belongs to: the type of its `impl`, or its trait.
#[derive(Debug, Clone, Default)]
pub struct Owner {
    pub ty: Type,
}

#[derive(Debug, Clone)]
pub struct Function {
    pub module: ModulePath,
    pub name: String,
    pub owner: Option<Arc<Owner>>,
    pub parameters: Vec<Parameter>,
    pub result: Option<Type>,
    pub uses: Vec<Use>,
    /// Methods and paths that attributes give it: `#[get("/users")]`.
    pub routes: Vec<(String, String)>,
    pub body: Expr,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct StructField {
    pub name: String,
    pub ty: Type,
    pub place: Place,
    pub attributes: Vec<Attribute>,
    /// The attributes whose value is a type, by name, in their order.
    pub types: Vec<(String, Type)>,
}

#[derive(Debug, Clone)]
pub struct StructItem {
    pub module: ModulePath,
    pub name: String,
    pub derives: Vec<String>,
    pub attributes: Vec<Attribute>,
    pub types: Vec<(String, Type)>,
    pub fields: Vec<StructField>,
    pub tuple: bool,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct VariantItem {
    pub name: String,
    pub number: Option<i64>,
    pub attributes: Vec<Attribute>,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct EnumItem {
    pub module: ModulePath,
    pub name: String,
    /// As they are written: `["sqlx", "Type"]`.
    pub derives: Vec<Vec<String>>,
    pub attributes: Vec<Attribute>,
    pub types: Vec<(String, Type)>,
    /// The integer type of `#[repr(..)]`.
    pub repr: Option<String>,
    pub variants: Vec<VariantItem>,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct Alias {
    pub module: ModulePath,
    pub name: String,
    pub parameters: Vec<String>,
    pub ty: Type,
}

#[derive(Debug, Clone)]
pub struct Constant {
    pub module: ModulePath,
    pub name: String,
    /// The last name of the type whose implementation holds it.
    pub owner: Option<String>,
    pub value: Expr,
}

/// One name that a `use` brings in; `name` is `None` for a glob.
#[derive(Debug, Clone)]
pub struct Use {
    pub module: ModulePath,
    pub name: Option<String>,
    pub target: Vec<String>,
}

/// `mod name;`: the files that it may stand for, in the order of preference, relative to the root.
#[derive(Debug, Clone)]
pub struct ModuleFile {
    pub module: ModulePath,
    pub candidates: Vec<String>,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct Foreign {
    pub module: ModulePath,
    pub symbol: String,
    pub declared: bool,
    pub abi: String,
    pub parameters: Vec<Type>,
    pub result: Option<Type>,
    pub variadic: bool,
    pub place: Place,
}

/// A column of `table!`, its type as diesel writes it.
#[derive(Debug, Clone)]
pub struct ColumnItem {
    pub name: String,
    pub column: String,
    pub ty: Type,
    pub place: Place,
    pub attributes: Vec<Attribute>,
}

/// diesel's `table!`. `inside` is the module that the macro makes: the present one and the table's name.
#[derive(Debug, Clone)]
pub struct TableItem {
    pub inside: ModulePath,
    pub schema: Option<String>,
    pub table: String,
    pub primary_key: Vec<String>,
    pub columns: Vec<ColumnItem>,
    pub place: Place,
    /// What `use` brings into the macro.
    pub uses: Vec<Use>,
}

/// A file of a package.
#[derive(Debug, Default)]
pub struct FileFacts {
    pub path: Arc<str>,
    pub package: usize,
    pub module: ModulePath,
    pub structs: Vec<StructItem>,
    pub tables: Vec<TableItem>,
    pub enums: Vec<EnumItem>,
    pub others: Vec<(ModulePath, String)>,
    pub aliases: Vec<Alias>,
    pub constants: Vec<Constant>,
    pub uses: Vec<Use>,
    pub functions: Vec<Function>,
    pub modules: Vec<ModuleFile>,
    pub foreign: Vec<Foreign>,
    /// The file itself, where it could not be read.
    pub unread: Vec<(Place, String)>,
    /// Parts that were seen and are not followed.
    pub gaps: Vec<(Place, String)>,
}
