//! Queries in tokens that do not read as Rust: the bodies of `macro_rules!`, `select! { .. }`.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use super::macros::{Shape, shape};
use super::{Lowering, name, place};
use crate::ir::{Body, Expr, Function, MacroQuery, Place, Sql, Text, Type};
use crate::literals;

impl Lowering<'_> {
    /// The queries of a `macro_rules!`, as those of a function that is called like it.
    pub fn rules(&mut self, ident: &syn::Ident, call: &syn::Macro) {
        let queries = self.scanned(call.tokens.clone());
        if queries.is_empty() {
            return;
        }
        self.facts.functions.push(Function {
            module: self.module.clone(),
            name: format!("{}!", name(ident)).into(),
            owner: None,
            parameters: Vec::new(),
            result: None,
            routes: Vec::new(),
            body: Body::Known(Expr::Computed(queries)),
            place: place(ident.span()),
        });
    }

    /// Every `query!(..)`, `query_as!(..)` and the like that stands anywhere in the tokens.
    pub fn scanned(&mut self, tokens: TokenStream) -> Vec<Expr> {
        let mut found = Vec::new();
        let mut pending = vec![tokens];
        while let Some(tokens) = pending.pop() {
            let mut named: Option<(Shape, Span, bool)> = None;
            for token in tokens {
                named = match token {
                    TokenTree::Group(group) => {
                        match named.filter(|(_, _, called)| *called) {
                            Some((shape, start, _)) => found.push(self.seen(&shape, start, &group)),
                            None => pending.push(group.stream()),
                        }
                        None
                    }
                    TokenTree::Ident(ident) => shape(&ident.to_string()).map(|shape| (shape, ident.span(), false)),
                    TokenTree::Punct(sign) if sign.as_char() == '!' => {
                        named.map(|(shape, start, _)| (shape, start, true))
                    }
                    _ => None,
                };
            }
        }
        found
    }

    fn seen(&self, shape: &Shape, start: Span, group: &Group) -> Expr {
        let parts = divided(group.stream());
        let mut parts = parts.iter();
        let target = if shape.typed { parts.next().and_then(|part| self.written_type(part)) } else { None };
        let sql = match parts.next().map(|part| text_of(part)) {
            Some(Some(text)) if shape.file => Sql::PackageFile(text.value),
            Some(Some(text)) => Sql::Here(text),
            // The macro puts it together.
            _ => Sql::Expression(Box::new(Expr::Computed(Vec::new()))),
        };
        let end = place(group.span());
        let place = Place { end_line: end.end_line, end_column: end.end_column, ..place(start) };
        Expr::Query(Box::new(MacroQuery { call: shape.call, target, sql, bound: Vec::new(), place }))
    }

    fn written_type(&self, part: &[TokenTree]) -> Option<Type> {
        syn::parse2::<syn::Type>(part.iter().cloned().collect()).ok().map(|ty| self.ty(&ty))
    }
}

/// The tokens between commas.
fn divided(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        match (&token, parts.last_mut()) {
            (TokenTree::Punct(sign), _) if sign.as_char() == ',' => parts.push(Vec::new()),
            (_, Some(last)) => last.push(token),
            (_, None) => {}
        }
    }
    parts
}

/// A part that is one string literal, also in an invisible group.
fn text_of(part: &[TokenTree]) -> Option<Text> {
    match part {
        [TokenTree::Literal(literal)] => literals::text(&literal.to_string(), place(literal.span())),
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => {
            text_of(&group.stream().into_iter().collect::<Vec<_>>())
        }
        _ => None,
    }
}
