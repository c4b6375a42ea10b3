//! Names after `rename` and `rename_all`, by each library's own case rules. Both libraries leave them to heck.

use heck::{
    ToKebabCase, ToLowerCamelCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase, ToTrainCase, ToUpperCamelCase,
};

use crate::ir::Name;
use crate::model::Attribute;

/// A library whose attributes rename: the attribute's name, the word that renames one thing, the case rules.
pub struct Renaming {
    pub attribute: &'static str,
    pub rename: &'static str,
    pub cased: fn(&str, &str) -> String,
}

pub const SQLX: Renaming = Renaming { attribute: "sqlx", rename: "rename", cased: sqlx };

pub const POSTGRES: Renaming = Renaming { attribute: "postgres", rename: "name", cased: postgres };

impl Renaming {
    /// What the library calls a field or variant, where its attributes say it.
    pub fn written(&self, name: &str, own: &[Attribute], container: &[Attribute]) -> Option<Name> {
        let all = || Some((self.cased)(name, &self.value(container, "rename_all")?).into());
        self.value(own, self.rename).or_else(all)
    }

    fn value(&self, attributes: &[Attribute], name: &str) -> Option<Name> {
        let mut own = attributes.iter().filter(|attribute| attribute.library == self.attribute);
        own.find(|attribute| attribute.name == name)?.value.clone()
    }
}

/// sqlx's `rename_all` (`sqlx-macros-core`, `derives/mod.rs`).
fn sqlx(name: &str, case: &str) -> String {
    match case {
        "lowercase" => name.to_lowercase(),
        "UPPERCASE" => name.to_uppercase(),
        "snake_case" => name.to_snake_case(),
        "SCREAMING_SNAKE_CASE" => name.to_shouty_snake_case(),
        "kebab-case" => name.to_kebab_case(),
        "camelCase" => name.to_lower_camel_case(),
        "PascalCase" => name.to_upper_camel_case(),
        _ => name.to_owned(),
    }
}

/// postgres-types' `rename_all` (`postgres-derive`, `case.rs`): sqlx's and two more.
fn postgres(name: &str, case: &str) -> String {
    match case {
        "SCREAMING-KEBAB-CASE" => name.to_shouty_kebab_case(),
        "Train-Case" => name.to_train_case(),
        other => sqlx(name, other),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_cased_as_sqlx_does() {
        for (case, expected) in [
            ("camelCase", "amountCents"),
            ("PascalCase", "AmountCents"),
            ("kebab-case", "amount-cents"),
            ("SCREAMING_SNAKE_CASE", "AMOUNT_CENTS"),
            ("lowercase", "amount_cents"),
            ("UPPERCASE", "AMOUNT_CENTS"),
            ("Train-Case", "amount_cents"),
            ("unheard of", "amount_cents"),
        ] {
            assert_eq!(super::sqlx("amount_cents", case), expected);
        }
    }

    #[test]
    fn names_are_cased_as_postgres_types_does() {
        for (case, expected) in [
            ("camelCase", "httpServer2"),
            ("PascalCase", "HttpServer2"),
            ("snake_case", "http_server2"),
            ("SCREAMING_SNAKE_CASE", "HTTP_SERVER2"),
            ("kebab-case", "http-server2"),
            ("SCREAMING-KEBAB-CASE", "HTTP-SERVER2"),
            ("Train-Case", "Http-Server2"),
            ("lowercase", "httpserver2"),
            ("UPPERCASE", "HTTPSERVER2"),
        ] {
            assert_eq!(super::postgres("HTTPServer2", case), expected);
        }
    }
}
