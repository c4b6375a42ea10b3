//! What functions do, as far as queries, routes and flows need it.

use super::{Name, Place, Text, Type};
use crate::model::QueryCall;

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
    pub name: Name,
    pub value: Expr,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct StructLiteral {
    pub segments: Vec<Name>,
    pub fields: Vec<FieldValue>,
    pub rest: Option<Box<Expr>>,
}

#[derive(Debug, Clone)]
pub struct MethodCall {
    pub receiver: Expr,
    pub name: Name,
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
        segments: Vec<Name>,
        generics: Vec<Type>,
        place: Place,
    },
    Field(Box<Expr>, Name),
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
    /// A block that holds items, by its position among those of the file.
    Scope(usize, Vec<Statement>),
    Try(Box<Expr>),
    Await(Box<Expr>),
    /// References, dereferences, parentheses: the same value.
    Same(Box<Expr>),
    Tuple(Vec<Expr>),
    Text(Text),
    /// A number, truth value or character: its type, which is a guess of rustc's where no suffix says it.
    Literal(Literal),
    /// `format!` and its like: the template, and what is put into it, by name where it has one.
    Format(Text, Vec<(Option<Name>, Expr)>),
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
    /// `params![a, b]`: a macro's path, and the expressions in it, of which it makes something of its own.
    Invoked(Vec<Name>, Vec<Expr>),
}

#[derive(Debug, Clone)]
pub enum Pattern {
    Name(Name),
    /// `mut x`: its value changes.
    Mutable(Name),
    /// `Some(x)`, `Json(input)`, `Ok(row)`: one wrapper and what it holds.
    Wrapped(Vec<Name>, Vec<Pattern>),
    Tuple(Vec<Pattern>),
    Struct(Vec<Name>, Vec<(Name, Pattern)>),
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
