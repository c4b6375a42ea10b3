//! Values that are bound to a query, with their types where the source says them.

use super::kinds::known;
use super::{Follower, Value};
use crate::ir::Expr;
use crate::model::RustType;
use crate::names::Ty;

/// How the type of a literal without a suffix is settled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Literals {
    /// By rustc's fall-back: `i32` and `f64`.
    FallBack,
    /// By what the macro expects.
    Expected,
}

impl Follower<'_> {
    /// The value of a bound expression, and its type.
    pub(super) fn bound_type(&mut self, expression: &Expr, literals: Literals) -> Option<RustType> {
        match expression {
            Expr::Same(inner) => self.bound_type(inner, literals),
            Expr::Literal(literal) => {
                let said = literal.said || literals == Literals::FallBack;
                said.then(|| Ty::of(literal.ty, Vec::new()).model())
            }
            // sqlx's macros do not look at the type of `x as _`.
            Expr::Cast(inner, ty, _) if self.ty(ty).name == "_" => {
                self.value(inner, None);
                None
            }
            // `&x as &(dyn ToSql + Sync)` is still an `x`.
            Expr::Cast(inner, ty, _) if known(&self.ty(ty)).is_none() => match &**inner {
                Expr::Literal(_) => None,
                inner => self.bound_type(inner, literals),
            },
            Expr::Path { segments, generics, .. } if segments.last().is_some_and(|last| last == "None") => {
                let inner = generics.first().map(|ty| self.ty(ty))?;
                known(&Ty::of("Option", vec![inner]))
            }
            other => self.value(other, None).ty.as_ref().and_then(known),
        }
    }

    /// `query.bind(x)`.
    pub(super) fn bind_one(&mut self, receiver: &Value, argument: &Expr) {
        let ty = self.bound_type(argument, Literals::FallBack);
        let Some(query) = receiver.query.filter(|_| !receiver.loose) else {
            return;
        };
        if let Some(query) = self.out.queries.get_mut(query) {
            query.arguments += 1;
            query.parameters.push(ty);
        }
    }

    /// Forgets what was bound: more is bound on some ways and not on others.
    pub(super) fn unbound(&mut self, query: usize) {
        if let Some(query) = self.out.queries.get_mut(query) {
            query.arguments = 0;
            query.parameters.clear();
        }
    }
}
