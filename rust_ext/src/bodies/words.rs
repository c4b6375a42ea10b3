//! The words by which a body may say something.

use rustc_hash::FxHashSet;

/// Words that make a body count, wherever they stand in it.
const WORDS: [&str; 26] = [
    "QueryBuilder",
    "Statement",
    "const",
    "enum",
    "extern",
    "find_by_statement",
    "fn",
    "from_raw_sql",
    "get_unchecked",
    "impl",
    "include",
    "json",
    "macro_rules",
    "mod",
    "raw_sql",
    "sql_query",
    "static",
    "struct",
    "table",
    "trait",
    "try_get",
    "type",
    "union",
    "use",
    "view",
    "warp",
];

/// The beginnings of such words.
const BEGINNINGS: [&str; 6] = ["batch_execute", "execute", "from_query_result", "prepare", "query", "simple_query"];

/// The ends of such words: what carries payloads, and rows.
const ENDS: [&str; 4] = ["Form", "Json", "Path", "Query"];

/// Methods that make routes.
pub(super) const METHODS: [&str; 7] = ["at", "mount", "nest", "resource", "route", "service", "to"];

/// Functions whose bodies are read as texts.
pub(super) const NAMED: [&str; 2] = ["schema_name", "table_name"];

/// More words that count in a workspace: other names of what `WORDS` names.
pub type Words = FxHashSet<String>;

/// Whether another name of this one is to be looked for as well.
pub fn matters(word: &str) -> bool {
    WORDS.binary_search(&word).is_ok()
        || BEGINNINGS.iter().any(|begin| word.starts_with(begin))
        || (word.starts_with(char::is_uppercase) && ENDS.iter().any(|end| word.ends_with(end)))
        || names_a_row(word)
}

pub fn names_a_row(word: &str) -> bool {
    word.contains("Row")
        || matches!(word, "row" | "rows")
        || word.starts_with("row_")
        || word.ends_with("_row")
        || word.ends_with("_rows")
}
