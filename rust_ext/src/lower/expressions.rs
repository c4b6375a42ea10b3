//! Expressions and statements.

use syn::{Block, Expr as Syn, Lit, Stmt};

use super::patterns::member;
use super::{Lowering, name, place, place_of, segments};
use crate::ir::{Arm, Closure, Expr, FieldValue, Literal, Local, MethodCall, Statement, StructLiteral};
use crate::literals;

impl Lowering<'_> {
    pub fn expression(&mut self, expression: &Syn) -> Expr {
        match expression {
            Syn::Await(of) => Expr::Await(self.boxed(&of.base)),
            Syn::Try(of) => Expr::Try(self.boxed(&of.expr)),
            Syn::Paren(of) => Expr::Same(self.boxed(&of.expr)),
            Syn::Group(of) => Expr::Same(self.boxed(&of.expr)),
            Syn::Reference(of) => Expr::Same(self.boxed(&of.expr)),
            Syn::Unary(of) if matches!(of.op, syn::UnOp::Deref(_)) => Expr::Same(self.boxed(&of.expr)),
            Syn::Unary(of) => self.computed([&*of.expr]),
            Syn::Binary(of) if matches!(of.op, syn::BinOp::Add(_)) => {
                Expr::Joined(vec![self.expression(&of.left), self.expression(&of.right)], place_of(expression))
            }
            Syn::Binary(of) => self.computed([&*of.left, &*of.right]),
            Syn::Assign(of) => Expr::Assign(self.boxed(&of.left), self.boxed(&of.right), place_of(expression)),
            Syn::Return(of) => match &of.expr {
                Some(value) => Expr::Return(self.boxed(value)),
                None => Expr::Computed(Vec::new()),
            },
            Syn::Break(of) => self.computed(of.expr.as_deref()),
            Syn::Array(of) => self.computed(&of.elems),
            Syn::Repeat(of) => self.computed([&*of.expr]),
            Syn::Range(of) => self.computed(of.start.iter().chain(of.end.iter()).map(|end| &**end)),
            Syn::Tuple(of) => Expr::Tuple(of.elems.iter().map(|part| self.expression(part)).collect()),
            Syn::Index(of) => Expr::Index(self.boxed(&of.expr), self.boxed(&of.index)),
            Syn::Field(of) => Expr::Field(self.boxed(&of.base), member(&of.member)),
            Syn::Let(of) => Expr::Let(self.pattern(&of.pat), self.boxed(&of.expr)),
            Syn::Path(of) => Expr::Path {
                segments: segments(&of.path),
                generics: self.generics(&of.path),
                place: place_of(expression),
            },
            Syn::Lit(of) => match &of.lit {
                Lit::Str(text) => self.string(text),
                other => literal(other).map_or(Expr::Computed(Vec::new()), Expr::Literal),
            },
            Syn::Macro(of) => self.invocation(&of.mac),
            Syn::Cast(of) => {
                let at = place(of.as_token.span);
                let ty = self.ty(&of.ty);
                let at = crate::ir::Place { end_line: ty.place.end_line, end_column: ty.place.end_column, ..at };
                Expr::Cast(self.boxed(&of.expr), ty, at)
            }
            other => self.compound(other),
        }
    }

    fn compound(&mut self, expression: &Syn) -> Expr {
        match expression {
            Syn::Call(of) => Expr::Call {
                function: self.boxed(&of.func),
                arguments: of.args.iter().map(|argument| self.expression(argument)).collect(),
                place: place_of(expression),
            },
            Syn::MethodCall(of) => self.method(of, place_of(expression)),
            Syn::Struct(of) => self.literal(of),
            Syn::Closure(of) => self.closure(of),
            Syn::Block(of) => self.block(&of.block),
            Syn::Async(of) => self.block(&of.block),
            Syn::Unsafe(of) => self.block(&of.block),
            Syn::Const(of) => self.block(&of.block),
            Syn::TryBlock(of) => self.block(&of.block),
            Syn::Loop(of) => Expr::Computed(vec![self.block(&of.body)]),
            Syn::While(of) => {
                Expr::If { condition: self.boxed(&of.cond), then: Box::new(self.block(&of.body)), other: None }
            }
            Syn::ForLoop(of) => Expr::For {
                pattern: self.pattern(&of.pat),
                over: self.boxed(&of.expr),
                body: Box::new(self.block(&of.body)),
            },
            Syn::If(of) => Expr::If {
                condition: self.boxed(&of.cond),
                then: Box::new(self.block(&of.then_branch)),
                other: of.else_branch.as_ref().map(|(_, other)| self.boxed(other)),
            },
            Syn::Match(of) => Expr::Match {
                value: Some(self.boxed(&of.expr)),
                arms: of
                    .arms
                    .iter()
                    .map(|arm| Arm { pattern: self.pattern(&arm.pat), body: self.expression(&arm.body) })
                    .collect(),
            },
            _ => Expr::Computed(Vec::new()),
        }
    }

    fn boxed(&mut self, expression: &Syn) -> Box<Expr> {
        Box::new(self.expression(expression))
    }

    fn computed<'a>(&mut self, parts: impl IntoIterator<Item = &'a Syn>) -> Expr {
        Expr::Computed(parts.into_iter().map(|part| self.expression(part)).collect())
    }

    pub fn string(&mut self, text: &syn::LitStr) -> Expr {
        literals::text(&text.token().to_string(), place(text.span())).map_or(Expr::Computed(Vec::new()), Expr::Text)
    }

    fn method(&mut self, call: &syn::ExprMethodCall, whole: crate::ir::Place) -> Expr {
        let method = place(call.method.span());
        Expr::Method(Box::new(MethodCall {
            receiver: self.expression(&call.receiver),
            name: name(&call.method),
            generics: self.turbofish(call.turbofish.as_ref()),
            arguments: call.args.iter().map(|argument| self.expression(argument)).collect(),
            place: whole,
            name_place: crate::ir::Place { end_line: whole.end_line, end_column: whole.end_column, ..method },
        }))
    }

    fn literal(&mut self, literal: &syn::ExprStruct) -> Expr {
        let fields = literal
            .fields
            .iter()
            .map(|field| FieldValue {
                name: member(&field.member),
                value: self.expression(&field.expr),
                place: if field.colon_token.is_some() { place_of(field) } else { place_of(&field.member) },
            })
            .collect();
        Expr::Struct(Box::new(StructLiteral {
            segments: segments(&literal.path),
            fields,
            rest: literal.rest.as_ref().map(|rest| self.boxed(rest)),
        }))
    }

    fn closure(&mut self, closure: &syn::ExprClosure) -> Expr {
        let parameters = closure
            .inputs
            .iter()
            .map(|input| {
                let ty = match input {
                    syn::Pat::Type(typed) => Some(self.ty(&typed.ty)),
                    _ => None,
                };
                (self.pattern(input), ty)
            })
            .collect();
        Expr::Closure(Box::new(Closure { parameters, body: self.expression(&closure.body) }))
    }

    pub fn block(&mut self, block: &Block) -> Expr {
        self.block_of(&block.stmts)
    }

    pub fn statements(&mut self, statements: &[Stmt]) -> Vec<Statement> {
        let mut lowered = Vec::new();
        for statement in statements {
            match statement {
                Stmt::Local(local) => lowered.push(self.local(local)),
                Stmt::Item(item) => self.item(item, None),
                Stmt::Expr(expression, None) => lowered.push(Statement::Tail(self.expression(expression))),
                Stmt::Expr(expression, Some(_)) => lowered.push(Statement::Expr(self.expression(expression))),
                Stmt::Macro(invocation) => {
                    let expression = self.invocation(&invocation.mac);
                    lowered.push(match invocation.semi_token {
                        Some(_) => Statement::Expr(expression),
                        None => Statement::Tail(expression),
                    });
                }
            }
        }
        lowered
    }

    fn local(&mut self, local: &syn::Local) -> Statement {
        let ty = match &local.pat {
            syn::Pat::Type(typed) => Some(self.ty(&typed.ty)),
            _ => None,
        };
        let init = local.init.as_ref();
        Statement::Let(Box::new(Local {
            pattern: self.pattern(&local.pat),
            ty,
            value: init.map(|init| self.expression(&init.expr)),
            otherwise: init.and_then(|init| init.diverge.as_ref()).map(|(_, otherwise)| self.expression(otherwise)),
        }))
    }
}

/// The types that a suffix may name.
const SUFFIXES: [&str; 14] =
    ["i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32", "f64"];

fn literal(literal: &Lit) -> Option<Literal> {
    let suffixed = |suffix: &str, usual| {
        let written = SUFFIXES.iter().find(|known| **known == suffix);
        Literal { ty: written.unwrap_or(&usual), said: written.is_some(), number: None }
    };
    let own = |ty| Literal { ty, said: true, number: None };
    match literal {
        Lit::Int(digits) => Some(Literal { number: digits.base10_parse().ok(), ..suffixed(digits.suffix(), "i32") }),
        Lit::Float(digits) => Some(suffixed(digits.suffix(), "f64")),
        Lit::Bool(_) => Some(own("bool")),
        Lit::Char(_) => Some(own("char")),
        _ => None,
    }
}
