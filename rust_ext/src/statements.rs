//! What a text of SQL looks like, without reading it as PostgreSQL does.

/// Words that a statement begins with.
const FIRST: [&str; 44] = [
    "abort",
    "alter",
    "analyze",
    "begin",
    "call",
    "checkpoint",
    "close",
    "comment",
    "commit",
    "copy",
    "create",
    "deallocate",
    "declare",
    "delete",
    "discard",
    "do",
    "drop",
    "end",
    "execute",
    "explain",
    "fetch",
    "grant",
    "insert",
    "listen",
    "lock",
    "merge",
    "notify",
    "prepare",
    "reindex",
    "release",
    "reset",
    "revoke",
    "rollback",
    "savepoint",
    "select",
    "set",
    "show",
    "start",
    "table",
    "truncate",
    "update",
    "vacuum",
    "values",
    "with",
];

/// Whether the text begins as a statement does.
pub fn begins(sql: &str) -> bool {
    let mut rest = sql.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '(');
    loop {
        rest = rest.trim_start_matches(|sign: char| sign.is_whitespace() || sign == '(');
        let skipped = match rest {
            _ if rest.starts_with("--") => rest.split_once('\n').map(|(_, rest)| rest),
            _ if rest.starts_with("/*") => rest.split_once("*/").map(|(_, rest)| rest),
            _ => break,
        };
        match skipped {
            Some(after) => rest = after,
            None => return false,
        }
    }
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    FIRST.contains(&word.to_ascii_lowercase().as_str())
}

/// Whether at most one statement stands in the text: no `;` before its end, outside of quotes and comments.
pub fn is_single(sql: &str) -> bool {
    let mut ended = false;
    let mut rest = sql;
    while let Some(sign) = rest.chars().next() {
        if let Some(after) = skipped(rest) {
            if ended && !rest.starts_with("--") && !rest.starts_with("/*") {
                return false;
            }
            rest = after;
            continue;
        }
        match sign {
            ';' => ended = true,
            sign if sign.is_whitespace() => {}
            _ if ended => return false,
            _ => {}
        }
        rest = rest.get(sign.len_utf8()..).unwrap_or_default();
    }
    true
}

/// What follows a quoted text or a comment at the start, `None` where there is none.
fn skipped(rest: &str) -> Option<&str> {
    let after = |open: &str, close: &str| -> &str {
        let inner = rest.get(open.len()..).unwrap_or_default();
        inner.split_once(close).map_or("", |(_, after)| after)
    };
    match rest.chars().next()? {
        '\'' => Some(after("'", "'")),
        '"' => Some(after("\"", "\"")),
        '-' if rest.starts_with("--") => Some(after("--", "\n")),
        '/' if rest.starts_with("/*") => Some(after("/*", "*/")),
        '$' => {
            let tag = rest.get(1..)?.split_once('$').map(|(tag, _)| tag)?;
            let is_tag = tag.chars().all(|sign| sign.is_alphanumeric() || sign == '_')
                && !tag.starts_with(|sign: char| sign.is_ascii_digit());
            is_tag.then(|| {
                let open = format!("${tag}$");
                after(&open, &open)
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn statements_begin_with_a_word_of_sql() {
        for sql in
            ["select 1", " -- why\n WITH a as (select 1) select * from a", "((select 1))", "/* a */ insert into t"]
        {
            assert!(super::begins(sql), "{sql}");
        }
        for other in ["", "name", "-- select 1", "/users", "selection"] {
            assert!(!super::begins(other), "{other}");
        }
    }

    #[test]
    fn several_statements_are_told_from_one() {
        for sql in ["select 1", "select 1;\n-- done", "select ';'", "do $a$ begin; end; $a$;", "select \"a;b\", $1"] {
            assert!(super::is_single(sql), "{sql}");
        }
        for sql in ["select 1; select 2", "begin; commit;", "select ''; 'x'"] {
            assert!(!super::is_single(sql), "{sql}");
        }
    }
}
