//! What diesel and sea-orm call the variants of an enum.

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

use crate::columns::sea_orm_cased;
use crate::ir::{EnumItem, VariantItem};
use crate::model::Attribute;

fn value<'a>(attributes: &'a [Attribute], library: &str, name: &str) -> Option<&'a str> {
    let mut own = attributes.iter().filter(|attribute| attribute.library == library);
    own.find(|attribute| attribute.name == name)?.value.as_deref()
}

/// `derive(DbEnum)` of diesel-derive-enum, or diesel's own `derive(Enum)`. An enum that writes its `ToSql` and
/// `FromSql` by hand has its labels in them, which are not read.
pub fn by_diesel(item: &EnumItem, variant: &VariantItem) -> Option<String> {
    let derives = |wanted: &str| item.derives.iter().any(|path| path.last().is_some_and(|last| last == wanted));
    if derives("DbEnum") {
        let renamed = value(&variant.attributes, "diesel", "db_rename").map(str::to_owned);
        let style = value(&item.attributes, "diesel", "DbValueStyle").unwrap_or("snake_case");
        return Some(renamed.unwrap_or_else(|| derive_enum_cased(&variant.name, style)));
    }
    if !derives("Enum") {
        return None;
    }
    let renamed = value(&variant.attributes, "diesel", "rename").map(str::to_owned);
    let all = value(&item.attributes, "diesel", "rename_all");
    Some(renamed.unwrap_or_else(|| {
        all.map_or_else(|| variant.name.clone(), |case| diesel_cased(&variant.name, case).into()).to_string()
    }))
}

/// `derive(DeriveActiveEnum)`; variants with a number have no label.
pub fn by_sea_orm(item: &EnumItem, variant: &VariantItem) -> Option<String> {
    if let Some(written) = value(&variant.attributes, "sea_orm", "string_value") {
        return Some(written.to_owned());
    }
    let case =
        value(&variant.attributes, "sea_orm", "rename").or_else(|| value(&item.attributes, "sea_orm", "rename_all"))?;
    Some(sea_orm_cased(&variant.name, case))
}

/// The number that sea-orm stores: `num_value`.
pub fn number(variant: &VariantItem) -> Option<i64> {
    value(&variant.attributes, "sea_orm", "num_value")?.replace([' ', '_'], "").parse().ok()
}

/// diesel-derive-enum, `stylize_value`.
fn derive_enum_cased(name: &str, style: &str) -> String {
    match style {
        "camelCase" => name.to_lower_camel_case(),
        "kebab-case" => name.to_kebab_case(),
        "PascalCase" => name.to_upper_camel_case(),
        "SCREAMING_SNAKE_CASE" => name.to_shouty_snake_case(),
        "UPPERCASE" => name.to_uppercase(),
        "snake_case" => name.to_snake_case(),
        _ => name.to_owned(),
    }
}

/// diesel's own rules: every capital begins a word, so that `HTTPServer` is `h_t_t_p_server`.
fn diesel_cased(name: &str, case: &str) -> String {
    match case {
        "lowercase" => name.to_ascii_lowercase(),
        "UPPERCASE" => name.to_ascii_uppercase(),
        "camelCase" => {
            let mut signs = name.chars();
            signs.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + signs.as_str())
        }
        "snake_case" => words(name),
        "SCREAMING_SNAKE_CASE" => words(name).to_ascii_uppercase(),
        "kebab-case" => words(name).replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => words(name).to_ascii_uppercase().replace('_', "-"),
        _ => name.to_owned(),
    }
}

fn words(name: &str) -> String {
    let mut snake = String::new();
    for (at, sign) in name.chars().enumerate() {
        if at > 0 && sign.is_uppercase() {
            snake.push('_');
        }
        snake.push(sign.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_cased_as_diesel_does() {
        for (case, expected) in [
            ("lowercase", "httpserver"),
            ("UPPERCASE", "HTTPSERVER"),
            ("PascalCase", "HTTPServer"),
            ("camelCase", "hTTPServer"),
            ("snake_case", "h_t_t_p_server"),
            ("SCREAMING_SNAKE_CASE", "H_T_T_P_SERVER"),
            ("kebab-case", "h-t-t-p-server"),
            ("SCREAMING-KEBAB-CASE", "H-T-T-P-SERVER"),
        ] {
            assert_eq!(super::diesel_cased("HTTPServer", case), expected);
        }
    }

    #[test]
    fn names_are_cased_as_diesel_derive_enum_does() {
        for (style, expected) in [
            ("camelCase", "httpServer"),
            ("kebab-case", "http-server"),
            ("PascalCase", "HttpServer"),
            ("SCREAMING_SNAKE_CASE", "HTTP_SERVER"),
            ("UPPERCASE", "HTTPSERVER"),
            ("snake_case", "http_server"),
            ("verbatim", "HTTPServer"),
        ] {
            assert_eq!(super::derive_enum_cased("HTTPServer", style), expected);
        }
    }
}
