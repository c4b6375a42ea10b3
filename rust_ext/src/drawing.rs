//! Diagnostics as rustc draws them: a header, excerpts of several files, notes.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::text::Lines;

/// A stretch of a file to underline. Lines and columns count from 1; an end of `None` is the end of the line.
pub struct Mark {
    pub line: u32,
    pub column: u32,
    pub end_line: Option<u32>,
    pub end_column: Option<u32>,
    pub text: String,
    pub primary: bool,
}

/// The marks in one file, and its text where it could be read.
pub struct Excerpt {
    pub path: String,
    pub source: Option<String>,
    pub marks: Vec<Mark>,
}

/// A diagnostic to draw; `severity` is `error`, `warning` or anything else for information.
pub struct Diagnostic {
    pub severity: String,
    pub rule: String,
    pub message: String,
    pub excerpts: Vec<Excerpt>,
    /// (kind, text): `note` or `help`.
    pub notes: Vec<(String, String)>,
}

/// The diagnostic as text, without a final line break.
pub fn draw(diagnostic: &Diagnostic) -> String {
    let title = level(&diagnostic.severity).primary_title(diagnostic.message.as_str()).id(diagnostic.rule.as_str());
    let mut group = Group::with_title(title);
    for excerpt in &diagnostic.excerpts {
        group = add_excerpt(group, excerpt);
    }
    for (kind, text) in &diagnostic.notes {
        group = group.element(level(kind).message(text.as_str()));
    }
    let renderer = Renderer::plain();
    renderer.decor_style(DecorStyle::Ascii).render(&[group]).trim_end().to_owned()
}

fn level(name: &str) -> Level<'static> {
    match name {
        "error" => Level::ERROR,
        "warning" => Level::WARNING,
        "help" => Level::HELP,
        "note" => Level::NOTE,
        _ => Level::INFO.with_name(Some("information")),
    }
}

/// Marks that lie in the text become an excerpt, the others one location line each.
fn add_excerpt<'a>(mut group: Group<'a>, excerpt: &'a Excerpt) -> Group<'a> {
    let lines = excerpt.source.as_deref().map(Lines::new);
    let (drawn, bare): (Vec<_>, Vec<_>) = excerpt
        .marks
        .iter()
        .map(|mark| (mark, lines.as_ref().and_then(|lines| range(lines, mark))))
        .partition(|(_, range)| range.is_some());
    if let (Some(source), false) = (excerpt.source.as_deref(), drawn.is_empty()) {
        let annotations = drawn.iter().filter_map(|(mark, range)| {
            let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let label = (!mark.text.is_empty()).then_some(mark.text.as_str());
            range.clone().map(|range| kind.span(range).label(label))
        });
        group = group.element(Snippet::source(source).path(excerpt.path.as_str()).annotations(annotations));
    }
    for (mark, _) in bare {
        group = group
            .element(Origin::path(excerpt.path.as_str()).line(mark.line as usize).char_column(mark.column as usize));
        if !mark.text.is_empty() {
            group = group.element(Level::NOTE.message(mark.text.as_str()));
        }
    }
    group
}

/// The byte range of a mark, or nothing where the text is too short for it.
fn range(lines: &Lines, mark: &Mark) -> Option<std::ops::Range<usize>> {
    let start = lines.offset(mark.line, mark.column)?;
    let end = match (mark.end_line, mark.end_column) {
        (Some(line), Some(column)) => lines.offset(line, column)?,
        (Some(line), None) => lines.offset(line, u32::MAX)?,
        _ => lines.offset(mark.line, u32::MAX)?,
    };
    Some(start..end.max(start))
}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Excerpt, Mark, draw};

    fn mark(line: u32, column: u32, end: Option<(u32, u32)>, text: &str, primary: bool) -> Mark {
        Mark {
            line,
            column,
            end_line: end.map(|end| end.0),
            end_column: end.map(|end| end.1),
            text: text.to_owned(),
            primary,
        }
    }

    fn diagnostic(excerpts: Vec<Excerpt>) -> Diagnostic {
        Diagnostic {
            severity: "error".to_owned(),
            rule: "row-type".to_owned(),
            message: "it does not fit".to_owned(),
            excerpts,
            notes: vec![("help".to_owned(), "widen it".to_owned())],
        }
    }

    #[test]
    fn an_excerpt_underlines_characters() {
        let excerpt = Excerpt {
            path: "a.rs".to_owned(),
            source: Some("struct É {\n    amount: i32,\n}\n".to_owned()),
            marks: vec![mark(2, 13, Some((2, 16)), "here", true)],
        };
        let expected = "error[row-type]: it does not fit\n --> a.rs:2:13\n  |\n2 |     amount: i32,\n  |             ^^^ here\n  |\n  = help: widen it";
        assert_eq!(draw(&diagnostic(vec![excerpt])), expected);
    }

    #[test]
    fn a_place_out_of_reach_is_a_location_line() {
        let gone = Excerpt {
            path: "b.sql".to_owned(),
            source: Some("select 1".to_owned()),
            marks: vec![mark(7, 1, None, "set here", true)],
        };
        let text = draw(&diagnostic(vec![gone]));
        assert!(text.contains("b.sql:7:1"), "{text}");
        assert!(text.contains("set here"), "{text}");
    }
}
