//! Items: what modules hold.

use std::sync::Arc;

use smol_str::format_smolstr;

use super::{Expr, ModulePath, Name, Pattern, Place, Type};
use crate::model::Attribute;

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

/// How a function is called as items are: `Type::method`.
pub fn function_name(owner: Option<&Owner>, name: &Name) -> Name {
    match owner.and_then(|owner| owner.ty.segments.last()) {
        Some(owner) => format_smolstr!("{owner}::{name}"),
        None => name.clone(),
    }
}

/// What a function does.
#[derive(Debug, Clone)]
pub enum Body {
    Known(Expr),
    /// The position among the bodies of the file that are read later.
    Later(usize),
}

impl Body {
    /// Whether there is nothing in it to follow.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Known(Expr::Block(statements) | Expr::Scope(_, statements)) => statements.is_empty(),
            Self::Known(Expr::Computed(parts)) => parts.is_empty(),
            _ => false,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Function {
    pub module: ModulePath,
    pub name: Name,
    pub owner: Option<Arc<Owner>>,
    pub parameters: Vec<Parameter>,
    pub result: Option<Type>,
    /// Methods and paths that attributes give it: `#[get("/users")]`.
    pub routes: Vec<(String, String)>,
    pub body: Body,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct StructField {
    pub name: Name,
    pub ty: Type,
    pub place: Place,
    pub attributes: Vec<Attribute>,
    /// The attributes whose value is a type, by name, in their order.
    pub types: Vec<(Name, Type)>,
}

#[derive(Debug, Clone)]
pub struct StructItem {
    pub module: ModulePath,
    pub name: Name,
    pub derives: Vec<Name>,
    pub attributes: Vec<Attribute>,
    pub types: Vec<(Name, Type)>,
    pub fields: Vec<StructField>,
    pub tuple: bool,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct VariantItem {
    pub name: Name,
    pub number: Option<i64>,
    pub attributes: Vec<Attribute>,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct EnumItem {
    pub module: ModulePath,
    pub name: Name,
    /// As they are written: `["sqlx", "Type"]`.
    pub derives: Vec<Vec<Name>>,
    pub attributes: Vec<Attribute>,
    pub types: Vec<(Name, Type)>,
    /// The integer type of `#[repr(..)]`.
    pub repr: Option<Name>,
    pub variants: Vec<VariantItem>,
    pub place: Place,
}

#[derive(Debug, Clone)]
pub struct Alias {
    pub module: ModulePath,
    pub name: Name,
    pub parameters: Vec<Name>,
    pub ty: Type,
}

#[derive(Debug, Clone)]
pub struct Constant {
    pub module: ModulePath,
    pub name: Name,
    /// The last name of the type whose implementation holds it.
    pub owner: Option<Name>,
    pub value: Expr,
}

/// One name that a `use` brings in; `name` is `None` for a glob.
#[derive(Debug, Clone)]
pub struct Use {
    pub module: ModulePath,
    pub name: Option<Name>,
    pub target: Vec<Name>,
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
    pub name: Name,
    pub column: String,
    pub ty: Type,
    pub place: Place,
    pub attributes: Vec<Attribute>,
}

/// diesel's `table!`. `inside` is the module that the macro makes: the present one and the table's name.
#[derive(Debug, Clone)]
pub struct TableItem {
    pub inside: ModulePath,
    pub schema: Option<Name>,
    pub table: String,
    pub primary_key: Vec<Name>,
    pub columns: Vec<ColumnItem>,
    pub place: Place,
    /// What `use` brings into the macro.
    pub uses: Vec<Use>,
}
