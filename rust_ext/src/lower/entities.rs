//! sea-orm's entities in their expanded form, which older code generators write: `Entity`, `Model` and `Column` beside
//! each other, and `impl EntityName for Entity`. They are made what `DeriveEntityModel` says in one place.

use heck::{ToSnakeCase, ToUpperCamelCase};
use syn::{Expr, ImplItem, Lit, Stmt};

use super::{Lowering, name, segments};
use crate::ir::{EnumItem, FileFacts, ModulePath, Name, StructItem};
use crate::model::Attribute;

/// What `impl EntityName for Entity` says, as far as it is literal.
#[derive(Debug)]
pub struct EntityName {
    module: ModulePath,
    table: Option<Name>,
    schema: Option<Name>,
}

impl Lowering<'_> {
    /// Notes the table that an implementation of `EntityName` names.
    pub fn entity_name(&mut self, item: &syn::ItemImpl) {
        let of_trait = item.trait_.as_ref().and_then(|(path, _)| segments(path).pop());
        if of_trait.is_none_or(|last| last != "EntityName") {
            return;
        }
        let literal = |wanted: &str| {
            item.items.iter().find_map(|part| match part {
                ImplItem::Fn(function) if name(&function.sig.ident) == wanted => text(&function.block),
                _ => None,
            })
        };
        let (table, schema) = (literal("table_name"), literal("schema_name"));
        self.entities.push(EntityName { module: self.module.clone(), table, schema });
    }
}

/// The text that is all of a body: `"cake"`, `Some("lunch")`.
fn text(block: &syn::Block) -> Option<Name> {
    let [Stmt::Expr(value, None)] = block.stmts.as_slice() else {
        return None;
    };
    let value = match value {
        Expr::Call(call) => call.args.first()?,
        value => value,
    };
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value().into()),
            _ => None,
        },
        _ => None,
    }
}

/// Gives every expanded `Model` the names of its table and columns; an entity whose table is not known is a gap.
pub fn expand(facts: &mut FileFacts, entities: &[EntityName]) {
    let mut gaps = Vec::new();
    for entity in facts.structs.iter().filter(|item| derives(item, "DeriveEntity")) {
        let named = entities.iter().any(|found| found.module == entity.module && found.table.is_some());
        if !named && !entity.attributes.iter().any(|attribute| attribute.name == "table_name") {
            gaps.push((entity.place, "the table of this entity is not named by a literal".to_owned()));
        }
    }
    facts.gaps.extend(gaps);
    let written: Vec<(ModulePath, Vec<Attribute>)> = facts
        .structs
        .iter()
        .filter(|item| derives(item, "DeriveEntity"))
        .map(|item| (item.module.clone(), item.attributes.clone()))
        .collect();
    for model in facts.structs.iter_mut().filter(|item| derives(item, "DeriveModel")) {
        for (_, attributes) in written.iter().filter(|(module, _)| *module == model.module) {
            model.attributes.extend(attributes.iter().cloned());
        }
        if let Some(entity) = entities.iter().find(|entity| entity.module == model.module) {
            model.attributes.extend(attribute("table_name", entity.table.as_ref()));
            model.attributes.extend(attribute("schema_name", entity.schema.as_ref()));
        }
        let of_module = |item: &&EnumItem| item.module == model.module && is_column(item);
        if let Some(columns) = facts.enums.iter().find(of_module) {
            name_columns(model, columns);
        }
    }
}

fn derives(item: &StructItem, wanted: &str) -> bool {
    item.derives.iter().any(|derive| derive == wanted)
}

fn is_column(item: &EnumItem) -> bool {
    item.derives.iter().any(|path| path.last().is_some_and(|last| last == "DeriveColumn"))
}

fn attribute(name: &str, value: Option<&Name>) -> Option<Attribute> {
    value.map(|value| Attribute { library: "sea_orm", name: name.into(), value: Some(value.clone()) })
}

/// `DeriveColumn`: a column is named after its variant, unless `column_name` says otherwise.
fn name_columns(model: &mut StructItem, columns: &EnumItem) {
    for field in &mut model.fields {
        let wanted = field.name.to_upper_camel_case();
        let Some(variant) = columns.variants.iter().find(|variant| variant.name == wanted) else {
            continue;
        };
        let written = variant.attributes.iter().find(|attribute| attribute.name == "column_name");
        let column =
            written.and_then(|written| written.value.clone()).unwrap_or_else(|| variant.name.to_snake_case().into());
        if column != field.name {
            field.attributes.extend(attribute("column_name", Some(&column)));
        }
    }
}
