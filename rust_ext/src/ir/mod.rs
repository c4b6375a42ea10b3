//! What one file says, lowered from syn's tree to plain values that may cross threads.
//!
//! syn's spans belong to the thread that parsed; these values carry their own places. Names are not resolved yet.

pub mod blocks;
mod expressions;
mod items;

use std::sync::Arc;

use crate::later::Later;
use crate::model::Span;

pub use expressions::{
    Arm, Closure, Expr, FieldValue, Literal, Local, MacroQuery, MethodCall, Pattern, Sql, Statement, StructLiteral,
};
pub use items::{
    Alias, Body, ColumnItem, Constant, EnumItem, Foreign, Function, ModuleFile, Owner, Parameter, StructField,
    StructItem, TableItem, Use, VariantItem, function_name,
};

/// A name of the source: short ones lie in the value itself, and copies of long ones are shared.
pub type Name = smol_str::SmolStr;

/// A module path inside a crate, outermost first. The items of a module share one.
pub type ModulePath = Arc<[Name]>;

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
    pub segments: Vec<Name>,
    pub arguments: Vec<Type>,
    pub text: Name,
    pub place: Place,
}

/// A text in the source: its value, where it stands, and breakpoints (offset in characters, line, column).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    pub value: String,
    pub place: Place,
    pub offsets: Vec<(u32, u32, u32)>,
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
    pub others: Vec<(ModulePath, Name)>,
    pub aliases: Vec<Alias>,
    /// The types that implementations name, with what they implement something for.
    pub associated: Vec<(Arc<Owner>, Alias)>,
    pub constants: Vec<Constant>,
    pub uses: Vec<Use>,
    pub functions: Vec<Function>,
    /// The blocks that hold items, as modules.
    pub blocks: Vec<ModulePath>,
    pub modules: Vec<ModuleFile>,
    pub foreign: Vec<Foreign>,
    /// The bodies that were left out, as they say nothing, one after the other.
    pub silent: String,
    /// The bodies that are read when their functions are followed.
    pub later: Option<Later>,
    /// The file itself, where it could not be read.
    pub unread: Vec<(Place, String)>,
    /// Parts that were seen and are not followed.
    pub gaps: Vec<(Place, String)>,
}
