//! The name of the column that a field stands for, by the rules of the library that its struct derives for.

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToTitleCase, ToUpperCamelCase};

use crate::cases::{POSTGRES, Renaming, SQLX};
use crate::ir::{Name, StructField, StructItem};
use crate::model::Attribute;

pub fn column(item: &StructItem, field: &StructField) -> String {
    let written = |library: &Renaming| library.written(&field.name, &field.attributes, &item.attributes);
    if let Some(renamed) = written(&SQLX).or_else(|| written(&POSTGRES)) {
        return renamed.to_string();
    }
    // diesel's name is that of the column in `table!`, which may have another one in SQL.
    if let Some(written) = value(&field.attributes, "diesel", "column_name") {
        return written.strip_prefix("r#").map(str::to_owned).unwrap_or(written.to_string());
    }
    if item.derives.iter().any(|derive| derive == "DeriveEntityModel" || derive == "DeriveModel") {
        return of_entity(item, field);
    }
    let alias =
        value(&field.attributes, "sea_orm", "from_alias").or_else(|| value(&field.attributes, "sea_orm", "alias"));
    alias.unwrap_or_else(|| field.name.clone()).to_string()
}

fn value(attributes: &[Attribute], library: &str, name: &str) -> Option<Name> {
    attributes.iter().find(|attribute| attribute.library == library && attribute.name == name)?.value.clone()
}

/// sea-orm-macros, `entity_model.rs`: the variant of `Column` is named after the field, the column after the variant.
fn of_entity(item: &StructItem, field: &StructField) -> String {
    if let Some(written) = value(&field.attributes, "sea_orm", "column_name") {
        return written.to_string();
    }
    let variant = field.name.to_upper_camel_case();
    if let Some(case) = value(&item.attributes, "sea_orm", "rename_all") {
        return sea_orm_cased(&variant, &case);
    }
    match value(&field.attributes, "sea_orm", "enum_name") {
        Some(written) if field.name == variant.to_snake_case() => written.to_snake_case(),
        _ => field.name.to_snake_case(),
    }
}

/// sea-orm-macros, `case_style.rs`, which is strum's.
pub fn sea_orm_cased(name: &str, case: &str) -> String {
    match case {
        "camel_case" | "PascalCase" => name.to_upper_camel_case(),
        "camelCase" | "mixed_case" => name.to_lower_camel_case(),
        "snake_case" | "snek_case" => name.to_snake_case(),
        "kebab_case" | "kebab-case" => name.to_kebab_case(),
        "SCREAMING-KEBAB-CASE" => name.to_kebab_case().to_uppercase(),
        "shouty_snake_case" | "shouty_snek_case" | "SCREAMING_SNAKE_CASE" => name.to_shouty_snake_case(),
        "title_case" => name.to_title_case(),
        "lowercase" => name.to_lowercase(),
        "UPPERCASE" => name.to_uppercase(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_cased_as_sea_orm_does() {
        for (case, expected) in [
            ("camelCase", "amountCents"),
            ("mixed_case", "amountCents"),
            ("PascalCase", "AmountCents"),
            ("camel_case", "AmountCents"),
            ("kebab-case", "amount-cents"),
            ("SCREAMING-KEBAB-CASE", "AMOUNT-CENTS"),
            ("SCREAMING_SNAKE_CASE", "AMOUNT_CENTS"),
            ("snake_case", "amount_cents"),
            ("title_case", "Amount Cents"),
            ("lowercase", "amountcents"),
            ("UPPERCASE", "AMOUNTCENTS"),
            ("unheard of", "AmountCents"),
        ] {
            assert_eq!(super::sea_orm_cased("AmountCents", case), expected);
        }
    }
}
