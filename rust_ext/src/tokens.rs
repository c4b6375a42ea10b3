//! One walk over the tokens of a file before syn reads it: how deep it is, and which bodies say nothing.

use std::ops::Range;

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use crate::bodies::{Bodies, Words};
use crate::error::ReadError;
use crate::guard::Depth;
use crate::text::Lines;

/// The bodies that can be left out, in the order of the source. Fails where syn would need more stack than there is.
pub fn silent_bodies(text: &str, words: &Words) -> Result<Vec<Range<usize>>, ReadError> {
    let (mut depth, mut bodies) = (Depth::default(), Bodies::new(text, words));
    let mut end = 0_usize;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let start = end;
        end += token.len as usize;
        if token.kind == TokenKind::Whitespace {
            continue;
        }
        if depth.token(token.kind, text.get(start..end).unwrap_or_default()) {
            let (line, column) = Lines::new(text).place(start);
            return Err(ReadError::TooDeep { line, column });
        }
        if !matches!(token.kind, TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }) {
            bodies.token(token.kind, start, end);
        }
    }
    Ok(bodies.finish())
}

/// The text with these parts blank: every line break stays, and every other character is one blank, so that nothing
/// outside has another line or column.
pub fn blanked(text: &str, parts: &[Range<usize>]) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut at = 0;
    for part in parts {
        blanked.push_str(text.get(at..part.start).unwrap_or_default());
        for (row, line) in text.get(part.clone()).unwrap_or_default().split('\n').enumerate() {
            blanked.extend((row > 0).then_some('\n'));
            let width = if line.is_ascii() { line.len() } else { line.chars().count() };
            blanked.extend(std::iter::repeat_n(' ', width));
        }
        at = part.end;
    }
    blanked.push_str(text.get(at..).unwrap_or_default());
    blanked
}

#[cfg(test)]
mod tests {
    use super::{blanked, silent_bodies};
    use crate::bodies::Words;

    const LONG: &str =
        "let mut total = 0; for part in parts { total += part.size(); } if total > 7 { log(total); } done(total);";

    fn left(source: &str, words: &[&str]) -> String {
        let words: Words = words.iter().map(|word| (*word).to_owned()).collect();
        blanked(source, &silent_bodies(source, &words).expect("not deep"))
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn a_body_that_says_nothing_is_left_out() {
        for head in
            ["fn f(a: u8) -> u8", "pub async fn f<T: A>() where T: B", "impl A { fn f(&self)", "fn f(g: &dyn Fn())"]
        {
            let source = format!("{head} {{ {LONG} }}");
            assert_eq!(left(&source, &[]), format!("{head} {{ }}"), "{head}");
        }
    }

    #[test]
    fn a_body_that_may_say_something_stays() {
        for part in [
            "sqlx::query(\"select 1\")",
            "query_as!(A, \"\")",
            "client.execute(sql, &[])",
            "let a = A { b: 1 };",
            "self.amount = 1;",
            "pair.0 = 1;",
            "router.route(\"/\", get(f))",
            "struct A;",
            "use a::b;",
            "fn g() {}",
            "row.first()",
            "map.get(\"a\")",
            "Json(a)",
            "return Self { a };",
            "const A: u8 = 1;",
            "a::b::C { d }",
            "match a { b if c => A { d }, }",
            "let f: Box<dyn for<'a> Fn(&'a u8)> = A { b };",
            "A::<u8> { b: 1 }",
        ] {
            let source = format!("fn f() {{ {LONG} {part} }}");
            assert_eq!(left(&source, &[]), source, "{part}");
        }
    }

    #[test]
    fn what_only_takes_apart_or_is_a_variant_says_nothing() {
        for part in [
            "match a { A { b } => 1, C::D { e } if e == 2 => 2 }",
            "let A { b } = c;",
            "if let A { b } = c { d(); }",
            "Err(Error::Missing { name })",
            "if self.a == b { c(); }",
            "while a { b(); } loop { c(); }",
        ] {
            assert_eq!(left(&format!("fn f() {{ {LONG} {part} }}"), &[]), "fn f() { }", "{part}");
        }
    }

    #[test]
    fn headers_and_other_names_count() {
        for (source, words) in [
            (format!("fn f(row: &A) {{ {LONG} }}"), &[][..]),
            (format!("fn f() -> impl A {{ {LONG} }}"), &[][..]),
            (format!("fn table_name() {{ {LONG} }}"), &[][..]),
            (format!("fn f() {{ {LONG} ask(1); }}"), &["ask"][..]),
        ] {
            assert_eq!(left(&source, words), source);
        }
        assert_eq!(left(&format!("fn f() {{ {LONG} ask(1); }}"), &[]), "fn f() { }");
    }

    #[test]
    fn what_only_tests_have_is_left_out() {
        for head in ["#[cfg(test)] mod tests", "#[tokio::test] async fn f()", "#[cfg(test)] #[a] pub(crate) fn f()"] {
            let source = format!("{head} {{ {LONG} struct A {{ b: u8 }} }}");
            assert_eq!(left(&source, &[]), format!("{head} {{ }}"));
        }
        let statement = format!("fn f() {{ #[cfg(test)] let a = A {{ b: {{ {LONG} }} }}; }}");
        assert_eq!(left(&statement, &[]), statement);
    }

    #[test]
    fn lines_and_columns_stay() {
        let source = format!("fn f() {{\n  é {LONG}\n}} struct Ä;");
        let blank = blanked(&source, &silent_bodies(&source, &Words::default()).expect("not deep"));
        assert_eq!(blank.lines().map(|line| line.chars().count()).collect::<Vec<_>>(), [8, LONG.len() + 4, 11]);
        assert!(blank.ends_with("\n} struct Ä;"));
    }
}
