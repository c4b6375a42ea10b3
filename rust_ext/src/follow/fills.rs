//! Fields that struct literals and assignments fill.

use super::kinds::{QUERY, core};
use super::{Fill, Follower, Value};
use crate::ir::{Expr, Place, StructLiteral};
use crate::names::{StructId, Ty};

impl Follower<'_> {
    pub(super) fn literal(&mut self, literal: &StructLiteral) -> Value {
        let strukt = self.struct_of(&literal.segments);
        for field in &literal.fields {
            let wanted = strukt.and_then(|strukt| self.field_type(strukt, &field.name));
            let value = self.value(&field.value, wanted);
            if let Some(strukt) = strukt {
                self.fill(strukt, &field.name, value, field.place);
            }
        }
        if let Some(rest) = &literal.rest {
            self.value(rest, None);
        }
        match strukt {
            Some(strukt) => Value::of(self.struct_type(strukt)),
            None => Value::default(),
        }
    }

    /// A variable that is given another value: no longer the rows of the query that it was.
    fn changed(&mut self, left: &Expr) {
        let Expr::Path { segments, .. } = left else {
            return;
        };
        if let [only] = segments.as_slice() {
            let known = self.names.iter_mut().rev().find(|(name, _)| name == only);
            if let Some((_, value)) = known.filter(|(_, value)| value.ty.as_ref().is_none_or(|ty| ty.name != QUERY)) {
                value.query = None;
            }
        }
    }

    pub(super) fn struct_type(&self, strukt: StructId) -> Ty {
        let name = self.index.structure(strukt).map_or("", |item| item.name.as_str());
        Ty { strukt: Some(strukt), ..Ty::of(name, Vec::new()) }
    }

    fn fill(&mut self, target: StructId, field: &str, mut value: Value, place: Place) {
        // `let amount = row.amount.try_into()?;` is told its type only here.
        if let (Some(origin), Some(ty)) = (&mut value.origin, self.field_type(target, field)) {
            let open = origin.casts.iter_mut().filter(|cast| cast.to == "_");
            open.for_each(|cast| cast.to.clone_from(&core(ty).name));
        }
        let fill = Fill {
            target,
            field: field.into(),
            origin: value.origin,
            record: value.record,
            span: self.span(place),
            function: super::function_name(self.function),
        };
        self.out.fills.push(fill);
    }

    /// `payload.field = value;`
    pub(super) fn assign(&mut self, left: &Expr, right: &Expr, place: Place) -> Value {
        let Expr::Field(base, name) = left else {
            let before = self.value(left, None);
            self.value(right, before.ty.as_ref());
            self.changed(left);
            return Value::default();
        };
        let base = self.value(base, None);
        let wanted = base.strukt().and_then(|strukt| self.field_type(strukt, name));
        let value = self.value(right, wanted);
        if let Some(strukt) = base.strukt() {
            self.fill(strukt, name, value, place);
        }
        Value::default()
    }
}
