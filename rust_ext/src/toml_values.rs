//! What a TOML document says, as plain values. It reads TOML 1.1, as Cargo does.

use toml_edit::{Array, Document, Item, TableLike, Value};

/// A value; dates and times are the text of their own form.
#[derive(Debug, Clone, PartialEq)]
pub enum Plain {
    Text(String),
    Integer(i64),
    Float(f64),
    Truth(bool),
    List(Vec<Plain>),
    Table(Vec<(String, Plain)>),
}

/// The document; `None` where it is not TOML.
pub fn values(text: &str) -> Option<Plain> {
    Document::parse(text).ok().map(|document| table(document.as_table()))
}

fn table(table: &dyn TableLike) -> Plain {
    Plain::Table(table.iter().filter_map(|(name, item)| Some((name.to_owned(), of_item(item)?))).collect())
}

fn of_item(item: &Item) -> Option<Plain> {
    match item {
        Item::None => None,
        Item::Value(value) => Some(of_value(value)),
        Item::Table(inner) => Some(table(inner)),
        Item::ArrayOfTables(tables) => Some(Plain::List(tables.iter().map(|each| table(each)).collect())),
    }
}

fn of_value(value: &Value) -> Plain {
    match value {
        Value::String(text) => Plain::Text(text.value().clone()),
        Value::Integer(number) => Plain::Integer(*number.value()),
        Value::Float(number) => Plain::Float(*number.value()),
        Value::Boolean(truth) => Plain::Truth(*truth.value()),
        Value::Datetime(moment) => Plain::Text(moment.value().to_string()),
        Value::Array(array) => list(array),
        Value::InlineTable(inner) => table(inner),
    }
}

fn list(array: &Array) -> Plain {
    Plain::List(array.iter().map(of_value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, value: Plain) -> (String, Plain) {
        (name.to_owned(), value)
    }

    #[test]
    fn every_kind_of_value() {
        let text = "a = 1\nb = [1.5, true]\nc = 2026-01-01\n[d]\ne = 'x'\n[[f]]\n[[f]]\ng = {}\n";
        let expected = Plain::Table(vec![
            of("a", Plain::Integer(1)),
            of("b", Plain::List(vec![Plain::Float(1.5), Plain::Truth(true)])),
            of("c", Plain::Text("2026-01-01".into())),
            of("d", Plain::Table(vec![of("e", Plain::Text("x".into()))])),
            of("f", Plain::List(vec![Plain::Table(vec![]), Plain::Table(vec![of("g", Plain::Table(vec![]))])])),
        ]);
        assert_eq!(values(text), Some(expected));
    }

    #[test]
    fn an_inline_table_over_several_lines() {
        let sqlx = Plain::Table(vec![of("version", Plain::Text("0.8".into()))]);
        assert_eq!(values("sqlx = {\n  version = \"0.8\",\n}\n"), Some(Plain::Table(vec![of("sqlx", sqlx)])));
    }

    #[test]
    fn what_is_not_toml() {
        assert_eq!(values("a = "), None);
    }
}
