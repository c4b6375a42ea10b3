//! Where expressions, types and paths begin and end.
//!
//! syn's own `span()` prints a node into tokens to see the first and the last of them, at every level again. These
//! walk down one side. What is not listed is left to syn.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, MacroDelimiter, Path, PathArguments, ReturnType, Type};

/// A node whose first and last tokens are cheap to find.
pub trait Ends: Spanned {
    fn first(&self) -> Span {
        self.span()
    }

    fn last(&self) -> Span {
        self.span()
    }
}

impl Ends for Expr {
    fn first(&self) -> Span {
        match self {
            Expr::Await(of) if of.attrs.is_empty() => of.base.first(),
            Expr::Try(of) if of.attrs.is_empty() => of.expr.first(),
            Expr::MethodCall(of) if of.attrs.is_empty() => of.receiver.first(),
            Expr::Call(of) if of.attrs.is_empty() => of.func.first(),
            Expr::Field(of) if of.attrs.is_empty() => of.base.first(),
            Expr::Index(of) if of.attrs.is_empty() => of.expr.first(),
            Expr::Binary(of) if of.attrs.is_empty() => of.left.first(),
            Expr::Assign(of) if of.attrs.is_empty() => of.left.first(),
            Expr::Cast(of) if of.attrs.is_empty() => of.expr.first(),
            Expr::Path(of) if of.attrs.is_empty() => start_of(of.qself.as_ref(), &of.path),
            Expr::Struct(of) if of.attrs.is_empty() => start_of(of.qself.as_ref(), &of.path),
            Expr::Macro(of) if of.attrs.is_empty() => of.mac.path.first(),
            Expr::Lit(of) if of.attrs.is_empty() => of.lit.span(),
            Expr::Reference(of) if of.attrs.is_empty() => of.and_token.span,
            Expr::Paren(of) if of.attrs.is_empty() => of.paren_token.span.open(),
            Expr::Tuple(of) if of.attrs.is_empty() => of.paren_token.span.open(),
            Expr::Array(of) if of.attrs.is_empty() => of.bracket_token.span.open(),
            Expr::Match(of) if of.attrs.is_empty() => of.match_token.span,
            Expr::If(of) if of.attrs.is_empty() => of.if_token.span,
            Expr::Async(of) if of.attrs.is_empty() => of.async_token.span,
            Expr::Block(of) if of.attrs.is_empty() && of.label.is_none() => of.block.brace_token.span.open(),
            other => other.span(),
        }
    }

    fn last(&self) -> Span {
        match self {
            Expr::Await(of) => of.await_token.span,
            Expr::Try(of) => of.question_token.span,
            Expr::MethodCall(of) => of.paren_token.span.close(),
            Expr::Call(of) => of.paren_token.span.close(),
            Expr::Field(of) => member(&of.member),
            Expr::Index(of) => of.bracket_token.span.close(),
            Expr::Binary(of) => of.right.last(),
            Expr::Assign(of) => of.right.last(),
            Expr::Cast(of) => of.ty.last(),
            Expr::Path(of) => of.path.last(),
            Expr::Struct(of) => of.brace_token.span.close(),
            Expr::Macro(of) => close(&of.mac.delimiter),
            Expr::Lit(of) => of.lit.span(),
            Expr::Reference(of) => of.expr.last(),
            Expr::Unary(of) => of.expr.last(),
            Expr::Paren(of) => of.paren_token.span.close(),
            Expr::Tuple(of) => of.paren_token.span.close(),
            Expr::Array(of) => of.bracket_token.span.close(),
            Expr::Match(of) => of.brace_token.span.close(),
            Expr::Async(of) => of.block.brace_token.span.close(),
            Expr::Block(of) => of.block.brace_token.span.close(),
            Expr::Closure(of) => of.body.last(),
            other => other.span(),
        }
    }
}

impl Ends for Type {
    fn first(&self) -> Span {
        match self {
            Type::Path(of) if of.attrs.is_empty() => start_of(of.qself.as_ref(), &of.path),
            Type::Reference(of) if of.attrs.is_empty() => of.and_token.span,
            Type::Ptr(of) if of.attrs.is_empty() => of.star_token.span,
            Type::Tuple(of) if of.attrs.is_empty() => of.paren_token.span.open(),
            Type::Slice(of) if of.attrs.is_empty() => of.bracket_token.span.open(),
            Type::Array(of) if of.attrs.is_empty() => of.bracket_token.span.open(),
            other => other.span(),
        }
    }

    fn last(&self) -> Span {
        match self {
            Type::Path(of) => of.path.last(),
            Type::Reference(of) => of.elem.last(),
            Type::Ptr(of) => of.elem.last(),
            Type::Tuple(of) => of.paren_token.span.close(),
            Type::Slice(of) => of.bracket_token.span.close(),
            Type::Array(of) => of.bracket_token.span.close(),
            other => other.span(),
        }
    }
}

impl Ends for Path {
    fn first(&self) -> Span {
        match (&self.leading_colon, self.segments.first()) {
            (None, Some(first)) => first.ident.span(),
            _ => self.span(),
        }
    }

    fn last(&self) -> Span {
        let Some(last) = self.segments.last() else {
            return self.span();
        };
        match &last.arguments {
            PathArguments::None => last.ident.span(),
            PathArguments::AngleBracketed(written) => written.gt_token.span,
            PathArguments::Parenthesized(written) => match &written.output {
                ReturnType::Default => written.paren_token.span.close(),
                ReturnType::Type(_, ty) => ty.last(),
            },
        }
    }
}

impl Ends for syn::Macro {
    fn first(&self) -> Span {
        self.path.first()
    }

    fn last(&self) -> Span {
        close(&self.delimiter)
    }
}

impl Ends for syn::Signature {}
impl Ends for syn::ItemMod {}

impl Ends for syn::FieldValue {
    fn first(&self) -> Span {
        if self.attrs.is_empty() { member(&self.member) } else { self.span() }
    }

    fn last(&self) -> Span {
        self.expr.last()
    }
}

impl Ends for syn::Member {
    fn first(&self) -> Span {
        member(self)
    }

    fn last(&self) -> Span {
        member(self)
    }
}

fn member(member: &syn::Member) -> Span {
    match member {
        syn::Member::Named(ident) => ident.span(),
        syn::Member::Unnamed(index) => index.span,
    }
}

fn close(delimiter: &MacroDelimiter) -> Span {
    delimiter.span().close()
}

fn start_of(qself: Option<&syn::QSelf>, path: &Path) -> Span {
    qself.map_or_else(|| path.first(), |qself| qself.lt_token.span)
}
