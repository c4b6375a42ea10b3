//! Macro calls: sqlx's queries, texts, and the expressions inside of others.

use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Block, Token};

use super::attributes::expressions;
use super::{Lowering, place_of, segments};
use crate::ir::{Expr, MacroQuery, Place, Sql, Text, Type};
use crate::literals;
use crate::model::QueryCall;

/// What a query macro of sqlx takes.
pub(super) struct Shape {
    pub call: QueryCall,
    pub typed: bool,
    pub file: bool,
}

pub(super) fn shape(name: &str) -> Option<Shape> {
    let (call, typed) = match name {
        "query" | "query_file" => (QueryCall::QueryMacro, false),
        "query_as" | "query_file_as" => (QueryCall::QueryAsMacro, true),
        "query_scalar" | "query_file_scalar" => (QueryCall::QueryScalarMacro, false),
        "query_unchecked" | "query_file_unchecked" => (QueryCall::QueryUncheckedMacro, false),
        "query_as_unchecked" | "query_file_as_unchecked" => (QueryCall::QueryAsUncheckedMacro, true),
        "query_scalar_unchecked" | "query_file_scalar_unchecked" => (QueryCall::QueryScalarUncheckedMacro, false),
        _ => return None,
    };
    Some(Shape { call, typed, file: name.contains("_file") })
}

struct Arguments {
    target: Option<syn::Type>,
    parts: Vec<syn::Expr>,
}

fn arguments(input: ParseStream, typed: bool) -> syn::Result<Arguments> {
    let target = if typed {
        let target = input.parse()?;
        input.parse::<Token![,]>()?;
        Some(target)
    } else {
        None
    };
    let parts = Punctuated::<syn::Expr, Token![,]>::parse_terminated(input)?;
    Ok(Arguments { target, parts: Vec::from_iter(parts) })
}

impl Lowering<'_> {
    pub fn invocation(&mut self, call: &syn::Macro) -> Expr {
        let path = segments(&call.path);
        let name = path.last().map_or("", |last| last.as_str());
        if let Some(shape) = shape(name) {
            return self.query(call, &shape);
        }
        if self.tables(call) {
            return Expr::Computed(Vec::new());
        }
        match name {
            "concat" | "concatcp" | "concatc" | "indoc" => self.concat(call),
            "format" | "formatcp" | "formatc" | "formatdoc" => self.formatted(call),
            "include_str" => self.included(call),
            "path" if path.first().is_some_and(|first| first == "warp") => {
                let reason = "a route of warp: which function answers it is not followed".to_owned();
                self.facts.gaps.push((place_of(call), reason));
                Expr::Computed(Vec::new())
            }
            _ => self.other(call),
        }
    }

    fn query(&mut self, call: &syn::Macro, shape: &Shape) -> Expr {
        let place = place_of(call);
        let parse = |input: ParseStream| arguments(input, shape.typed);
        let Ok(read) = parse.parse2(call.tokens.clone()) else {
            return Expr::Query(Box::new(MacroQuery {
                call: shape.call,
                target: None,
                sql: Sql::Missing,
                bound: Vec::new(),
                place,
            }));
        };
        let target: Option<Type> = read.target.as_ref().map(|target| self.ty(target));
        let mut parts = read.parts.iter();
        let sql = parts.next().map(|first| self.added(first));
        let bound: Vec<Expr> = parts.map(|part| self.expression(part)).collect();
        let sql = match (sql, shape.file) {
            (Some(Expr::Text(text)), true) => Sql::PackageFile(text.value),
            (Some(Expr::Text(text)), false) => Sql::Here(text),
            (Some(other), _) => Sql::Expression(Box::new(other)),
            (None, _) => Sql::Missing,
        };
        Expr::Query(Box::new(MacroQuery { call: shape.call, target, sql, bound, place }))
    }

    /// sqlx joins `"a" + "b"` itself.
    fn added(&mut self, expression: &syn::Expr) -> Expr {
        let syn::Expr::Binary(sum) = expression else {
            return self.expression(expression);
        };
        if !matches!(sum.op, syn::BinOp::Add(_)) {
            return self.expression(expression);
        }
        match (self.added(&sum.left), self.added(&sum.right)) {
            (Expr::Text(left), Expr::Text(right)) => {
                Expr::Text(literals::join(vec![left, right], place_of(expression)))
            }
            (left, right) => Expr::Joined(vec![left, right], place_of(expression)),
        }
    }

    fn concat(&mut self, call: &syn::Macro) -> Expr {
        let Some(parts) = expressions(call.tokens.clone()) else {
            return Expr::Computed(Vec::new());
        };
        let lowered: Vec<Expr> = parts.iter().map(|part| self.expression(part)).collect();
        let texts: Option<Vec<Text>> = lowered
            .iter()
            .map(|part| match part {
                Expr::Text(text) => Some(text.clone()),
                _ => None,
            })
            .collect();
        match texts {
            Some(texts) => Expr::Text(literals::join(texts, place_of(call))),
            None => Expr::Joined(lowered, place_of(call)),
        }
    }

    /// `format!("select {COLUMNS} from {}", TABLE)`.
    fn formatted(&mut self, call: &syn::Macro) -> Expr {
        let Some(parts) = expressions(call.tokens.clone()) else {
            return self.other(call);
        };
        let mut parts = parts.iter();
        let template = match parts.next().map(|first| self.expression(first)) {
            Some(Expr::Text(text)) => text,
            first => {
                let rest = parts.map(|part| self.expression(part));
                return Expr::Computed(first.into_iter().chain(rest).collect());
            }
        };
        let arguments = parts.map(|part| match part {
            syn::Expr::Assign(named) => {
                let name = match &*named.left {
                    syn::Expr::Path(path) => path.path.get_ident().map(super::name),
                    _ => None,
                };
                (name, self.expression(&named.right))
            }
            other => (None, self.expression(other)),
        });
        let arguments = arguments.collect();
        Expr::Format(template, arguments)
    }

    fn included(&mut self, call: &syn::Macro) -> Expr {
        match syn::parse2::<syn::LitStr>(call.tokens.clone()) {
            Ok(path) => Expr::IncludedText(path.value()),
            Err(_) => Expr::Computed(Vec::new()),
        }
    }

    /// `vec![..]`, `try_join!(..)`, `select! { .. }`: the expressions inside, where they parse.
    fn other(&mut self, call: &syn::Macro) -> Expr {
        if call.tokens.is_empty() {
            return Expr::Computed(Vec::new());
        }
        if let Some(parts) = expressions(call.tokens.clone()) {
            let parts: Vec<Expr> = parts.iter().map(|part| self.expression(part)).collect();
            let path = segments(&call.path);
            return match path.last().map_or("", |last| last.as_str()) {
                "try_join" | "join" => Expr::Tuple(parts),
                "vec" => Expr::Computed(parts),
                _ => Expr::Invoked(path, parts),
            };
        }
        if let Ok(statements) = Block::parse_within.parse2(call.tokens.clone()) {
            return Expr::Computed(vec![self.block_of(&statements)]);
        }
        Expr::Computed(self.scanned(call.tokens.clone()))
    }
}

/// The place of an item macro such as `include!`.
pub fn include_place(call: &syn::Macro) -> Option<Place> {
    call.path.is_ident("include").then(|| place_of(call))
}
