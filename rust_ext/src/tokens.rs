//! One walk over the tokens of a file before syn reads it: how deep it is, and what need not be read with its items.

use std::ops::Range;

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use crate::bodies::{Bodies, Parts, Words};
use crate::error::ReadError;
use crate::guard::Depth;
use crate::text::Lines;

/// What need not be read with the file's items. Fails where syn would need more stack than there is.
pub fn parts(text: &str, words: &Words) -> Result<Parts, ReadError> {
    let (mut depth, mut bodies) = (Depth::default(), Bodies::new(text, words));
    let mut end = 0_usize;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let start = end;
        end += token.len as usize;
        if matches!(token.kind, TokenKind::Whitespace) {
            continue;
        }
        if depth.token(token.kind, text.get(start..end).unwrap_or_default()) {
            let (line, column) = Lines::new(text).place(start);
            return Err(ReadError::TooDeep { line, column });
        }
        match token.kind {
            TokenKind::LineComment { doc_style } | TokenKind::BlockComment { doc_style, .. } => {
                bodies.comment(start..end, doc_style.is_some());
            }
            kind => bodies.token(kind, start, end),
        }
    }
    Ok(bodies.finish())
}

/// The text with these parts blank, where one lies within another only the outer: what stays has its line and column.
pub fn blanked<'p>(text: &str, parts: impl IntoIterator<Item = &'p Range<usize>>) -> String {
    let mut parts: Vec<&Range<usize>> = parts.into_iter().collect();
    parts.sort_by_key(|part| part.start);
    let mut blanked = String::with_capacity(text.len());
    let mut at = 0;
    for part in parts {
        if part.start >= at {
            blanked.push_str(text.get(at..part.start).unwrap_or_default());
            blank(text.get(part.clone()).unwrap_or_default(), &mut blanked);
            at = part.end;
        }
    }
    blanked.push_str(text.get(at..).unwrap_or_default());
    blanked
}

/// The text with all but these parts blank: they are in order, and none lies within another.
pub fn kept(text: &str, parts: &[Range<usize>]) -> String {
    let mut kept = String::new();
    let mut at = 0;
    for part in parts {
        blank(text.get(at..part.start).unwrap_or_default(), &mut kept);
        kept.push_str(text.get(part.clone()).unwrap_or_default());
        at = part.end;
    }
    kept
}

/// The line breaks of a part, and as many blanks as its last line has characters.
fn blank(part: &str, blanked: &mut String) {
    let last = part.rfind('\n').map_or(part, |at| {
        let lines = part.bytes().filter(|byte| *byte == b'\n').count();
        blanked.extend(std::iter::repeat_n('\n', lines));
        part.get(at + 1..).unwrap_or_default()
    });
    blanked.extend(std::iter::repeat_n(' ', last.chars().count()));
}

#[cfg(test)]
mod tests {
    use super::{blanked, kept, parts};
    use crate::bodies::Words;

    const LONG: &str =
        "let mut total = 0; for part in parts { total += part.size(); } if total > 7 { log(total); } done(total);";

    fn left(source: &str, words: &[&str]) -> String {
        let words: Words = words.iter().map(|word| (*word).to_owned()).collect();
        blanked(source, &parts(source, &words).expect("not deep").silent)
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
        let blank = blanked(&source, &parts(&source, &Words::default()).expect("not deep").silent);
        assert_eq!(blank, "fn f() {\n\n} struct Ä;");
        let source = format!("fn f() {{ é {LONG} }} struct Ä;");
        let blank = blanked(&source, &parts(&source, &Words::default()).expect("not deep").silent);
        assert_eq!(blank.chars().count(), source.chars().count());
        assert!(blank.ends_with(" } struct Ä;"));
    }

    #[test]
    fn a_body_that_counts_and_holds_no_items_is_read_later() {
        let later = |source: &str| parts(source, &Words::default()).expect("not deep").later.len();
        for source in [
            format!("fn f() -> ! {{ {LONG} row.get(1) }}"),
            format!("impl A {{ fn f() {{ {LONG} query(a) }} }}"),
            format!("fn f() {{ {LONG} A {{ b }} }}"),
        ] {
            assert_eq!(later(&source), 1, "{source}");
        }
        for source in [
            format!("fn f() {{ {LONG} query(a); struct B; }}"),
            format!("fn f() {{ {LONG} query(a); use b::c; }}"),
            format!("macro_rules! a {{ () => {{ fn f() {{ {LONG} query!(a) }} }} }}"),
            format!("a!(fn f() {{ {LONG} query!(a) }});"),
            format!("fn f() {{ {LONG} }}"),
            "fn f() { query(a) }".to_owned(),
        ] {
            assert_eq!(later(&source), 0, "{source}");
        }
    }

    #[test]
    fn comments_say_nothing_but_where_a_module_begins() {
        let comments = |source: &str| parts(source, &Words::default()).expect("not deep").comments.len();
        assert_eq!(
            comments("// a longer comment\n/// about A\nstruct A { /** b */ pub b: u8 }\n//! of all\nfn f();"),
            4
        );
        assert_eq!(comments("/// about a\n#[cfg(a)]\npub(crate) mod a;"), 0);
        assert_eq!(comments("fn f() { /// of a field or a statement\n let a = 1; }"), 0);
        assert_eq!(comments("a! { /// of what the macro makes\n }"), 0);
    }

    #[test]
    fn what_is_kept_stays_in_its_place() {
        let source = "fn é() { a }\n fn f() {\n b } // c";
        assert_eq!(kept(source, &[8..13, 22..28]), "       { a }\n        {\n b }");
    }
}
