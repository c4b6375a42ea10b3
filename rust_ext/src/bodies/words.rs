//! The words by which a body may say something.

use rustc_hash::FxHashSet;

/// Words that make a body count, wherever they stand in it.
fn is_one(word: &str) -> bool {
    matches!(
        word,
        "QueryBuilder"
            | "Statement"
            | "find_by_statement"
            | "from_raw_sql"
            | "get_unchecked"
            | "json"
            | "raw_sql"
            | "sql_query"
            | "try_get"
    )
}

/// Words by which a body may hold items, or more than the value of its function.
pub(super) fn is_item(word: &str) -> bool {
    matches!(
        word,
        "const"
            | "enum"
            | "extern"
            | "fn"
            | "impl"
            | "include"
            | "macro_rules"
            | "mod"
            | "static"
            | "struct"
            | "table"
            | "trait"
            | "type"
            | "union"
            | "use"
            | "view"
            | "warp"
    )
}

/// The beginnings of such words.
const BEGINNINGS: [&str; 6] = ["batch_execute", "execute", "from_query_result", "prepare", "query", "simple_query"];

/// The ends of such words: what carries payloads, and rows.
const ENDS: [&str; 4] = ["Form", "Json", "Path", "Query"];

/// Methods that make routes.
pub(super) const METHODS: [&str; 7] = ["at", "mount", "nest", "resource", "route", "service", "to"];

/// Functions whose bodies are read as texts.
pub(super) const NAMED: [&str; 2] = ["schema_name", "table_name"];

/// More words that count in a workspace: other names of what these name.
pub type Words = FxHashSet<String>;

/// Whether another name of this one is to be looked for as well.
pub fn matters(word: &str) -> bool {
    is_one(word)
        || is_item(word)
        || BEGINNINGS.iter().any(|begin| word.starts_with(begin))
        || (word.starts_with(char::is_uppercase) && ENDS.iter().any(|end| word.ends_with(end)))
        || names_a_row(word)
}

pub fn names_a_row(word: &str) -> bool {
    word.as_bytes().windows(3).any(|part| part == b"Row")
        || matches!(word, "row" | "rows")
        || word.starts_with("row_")
        || word.ends_with("_row")
        || word.ends_with("_rows")
}
