//! Where every key of a TOML document is written.

use std::ops::Range;

use toml_edit::{Document, Item, Key, TableLike, Value};

use crate::text::Lines;

/// One step of a key path: a key, or the index of an array element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Index(usize),
}

/// A key path and its place: line, column, end line, end column.
pub type Place = (Vec<Step>, (u32, u32, u32, u32));

/// A syntax error: what is wrong, line and column.
#[derive(Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub message: String,
    pub line: u32,
    pub column: u32,
}

/// Every key path of the document, in the order of the keys; values on the key's own line belong to its place.
pub fn places(text: &str) -> Result<Vec<Place>, SyntaxError> {
    let lines = Lines::new(text);
    let document = Document::parse(text).map_err(|error| {
        let (line, column) = lines.place(error.span().map_or(0, |span| span.start));
        SyntaxError { message: error.message().lines().collect::<Vec<_>>().join(", "), line, column }
    })?;
    let mut walk = Walk { lines, path: Vec::new(), places: Vec::new() };
    walk.table(document.as_table());
    Ok(walk.places)
}

struct Walk<'a> {
    lines: Lines<'a>,
    path: Vec<Step>,
    places: Vec<Place>,
}

impl Walk<'_> {
    fn table(&mut self, table: &dyn TableLike) {
        let names: Vec<String> = table.iter().map(|(name, _)| name.to_owned()).collect();
        for name in names {
            if let Some((key, item)) = table.get_key_value(&name) {
                self.path.push(Step::Key(name));
                self.entry(key, item);
                self.path.pop();
            }
        }
    }

    fn entry(&mut self, key: &Key, item: &Item) {
        let value = match item {
            Item::Value(value) => value.span(),
            _ => None,
        };
        self.note(self.with_value(key.span().or(item.span()), value));
        match item {
            Item::None => {}
            Item::Value(value) => self.value(value),
            Item::Table(table) => self.table(table),
            Item::ArrayOfTables(tables) => {
                for (index, table) in tables.iter().enumerate() {
                    self.path.push(Step::Index(index));
                    self.note(table.span());
                    self.table(table);
                    self.path.pop();
                }
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Array(array) => {
                for (index, element) in array.iter().enumerate() {
                    self.path.push(Step::Index(index));
                    self.note(element.span());
                    self.value(element);
                    self.path.pop();
                }
            }
            Value::InlineTable(table) => self.table(table),
            _ => {}
        }
    }

    /// Key and value together where they share a line, else the key alone.
    fn with_value(&self, key: Option<Range<usize>>, value: Option<Range<usize>>) -> Option<Range<usize>> {
        let (key, value) = match (key, value) {
            (Some(key), Some(value)) => (key, value),
            (key, _) => return key,
        };
        let one_line = self.lines.place(key.start).0 == self.lines.place(value.end).0;
        let end = if one_line && value.end > key.end { value.end } else { key.end };
        Some(key.start..end)
    }

    fn note(&mut self, span: Option<Range<usize>>) {
        if let Some(span) = span {
            let (line, column) = self.lines.place(span.start);
            let (end_line, end_column) = self.lines.place(span.end);
            self.places.push((self.path.clone(), (line, column, end_line, end_column)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, SyntaxError, places};

    #[test]
    fn keys_of_tables_arrays_and_inline_tables() {
        let found = places("a = 1\n[b.c]\nd = { e = [1, 2] }\n[[f]]\ng = 2\n[[f]]\n").expect("valid");
        let shown: Vec<String> = found
            .iter()
            .map(|(path, (line, column, end_line, end_column))| {
                let path: Vec<String> = path
                    .iter()
                    .map(|step| match step {
                        Step::Key(key) => key.clone(),
                        Step::Index(index) => index.to_string(),
                    })
                    .collect();
                format!("{} {line}:{column}-{end_line}:{end_column}", path.join("."))
            })
            .collect();
        assert_eq!(
            shown,
            [
                "a 1:1-1:6",
                "b 2:2-2:3",
                "b.c 2:4-2:5",
                "b.c.d 3:1-3:19",
                "b.c.d.e 3:7-3:17",
                "b.c.d.e.0 3:12-3:13",
                "b.c.d.e.1 3:15-3:16",
                "f 4:3-4:4",
                "f.0 4:1-4:6",
                "f.0.g 5:1-5:6",
                "f.1 6:1-6:6",
            ]
        );
    }

    #[test]
    fn a_syntax_error_has_its_place() {
        let error = places("ok = 1\nbad = = 2\n").expect_err("invalid");
        assert_eq!((error.line, error.column), (2, 7));
        assert_ne!(error, SyntaxError { message: String::new(), line: 2, column: 7 });
    }
}
