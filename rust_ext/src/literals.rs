//! String literals: their value, and where each of its characters is written.

use crate::ir::{Place, Text};

/// The text of a literal as written (`"…"` or `r#"…"#`) that starts at `place`; `None` for other literals.
pub fn text(repr: &str, place: Place) -> Option<Text> {
    let mut reading = Reading::new(repr, place);
    let hashes = repr.strip_prefix('r').map(|rest| rest.chars().take_while(|sign| *sign == '#').count());
    match hashes {
        Some(hashes) => reading.raw(hashes)?,
        None => reading.cooked()?,
    }
    Some(Text { value: reading.value, place, offsets: reading.offsets })
}

/// Several texts as one, as `concat!` joins them.
pub fn join(parts: Vec<Text>, place: Place) -> Text {
    let mut joined = Text { place, ..Text::default() };
    let mut length = 0;
    for part in parts {
        joined.offsets.extend(part.offsets.iter().map(|(at, line, column)| (at + length, *line, *column)));
        length += part.value.chars().count() as u32;
        joined.value.push_str(&part.value);
    }
    joined
}

struct Reading<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: u32,
    column: u32,
    length: u32,
    value: String,
    offsets: Vec<(u32, u32, u32)>,
    /// Whether the next character does not follow the last one in the source.
    broken: bool,
}

impl<'a> Reading<'a> {
    fn new(repr: &'a str, place: Place) -> Self {
        Self {
            rest: repr.chars().peekable(),
            line: place.line,
            column: place.column,
            length: 0,
            value: String::new(),
            offsets: Vec::new(),
            broken: true,
        }
    }

    /// The next character of the source; a carriage return before a line feed is no character, as rustc reads it.
    fn next(&mut self) -> Option<char> {
        let mut sign = self.rest.next()?;
        if sign == '\r' && self.rest.peek() == Some(&'\n') {
            sign = self.rest.next()?;
        }
        if sign == '\n' {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += 1;
        }
        Some(sign)
    }

    fn push(&mut self, sign: char, line: u32, column: u32) {
        if self.broken {
            self.offsets.push((self.length, line, column));
            self.broken = false;
        }
        self.value.push(sign);
        self.length += 1;
        self.broken |= sign == '\n';
    }

    fn raw(&mut self, hashes: usize) -> Option<()> {
        for _ in 0..hashes + 2 {
            self.next()?;
        }
        let end: String = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
        while !self.rest.clone().take(hashes + 1).eq(end.chars()) {
            let (line, column) = (self.line, self.column);
            let sign = self.next()?;
            self.push(sign, line, column);
        }
        Some(())
    }

    fn cooked(&mut self) -> Option<()> {
        if self.next()? != '"' {
            return None;
        }
        loop {
            let (line, column) = (self.line, self.column);
            match self.next()? {
                '"' => return Some(()),
                '\\' => self.escape(line, column)?,
                sign => self.push(sign, line, column),
            }
        }
    }

    fn escape(&mut self, line: u32, column: u32) -> Option<()> {
        let sign = match self.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            'x' => char::from_u32(self.digits(2)?)?,
            'u' => self.unicode()?,
            '\n' => {
                while self.rest.peek().is_some_and(|sign| sign.is_ascii_whitespace()) {
                    self.next()?;
                }
                self.broken = true;
                return Some(());
            }
            sign => sign,
        };
        self.broken = true;
        self.push(sign, line, column);
        self.broken = true;
        Some(())
    }

    fn digits(&mut self, count: usize) -> Option<u32> {
        (0..count).try_fold(0_u32, |value, _| Some(value * 16 + self.next()?.to_digit(16)?))
    }

    fn unicode(&mut self) -> Option<char> {
        if self.next()? != '{' {
            return None;
        }
        let mut value = 0_u32;
        loop {
            match self.next()? {
                '}' => return char::from_u32(value),
                '_' => {}
                digit => value = value.checked_mul(16)?.checked_add(digit.to_digit(16)?)?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::ir::Place;

    fn read(repr: &str) -> (String, Vec<(u32, u32, u32)>) {
        let place = Place { line: 3, column: 5, ..Place::default() };
        let read = text(repr, place).expect("a string");
        (read.value, read.offsets)
    }

    #[test]
    fn a_plain_literal_starts_after_its_quote() {
        assert_eq!(read(r#""select""#), ("select".to_owned(), vec![(0, 3, 6)]));
    }

    #[test]
    fn a_raw_literal_breaks_at_lines() {
        assert_eq!(read("r#\"a\n  \"b\"\"#"), ("a\n  \"b\"".to_owned(), vec![(0, 3, 8), (2, 4, 1)]));
        assert_eq!(read("r\"a\r\nb\""), ("a\nb".to_owned(), vec![(0, 3, 7), (2, 4, 1)]));
    }

    #[test]
    fn escapes_are_longer_in_the_source() {
        assert_eq!(
            read(r#""a\"b\u{e9}c""#),
            ("a\"béc".to_owned(), vec![(0, 3, 6), (1, 3, 7), (2, 3, 9), (3, 3, 10), (4, 3, 16)])
        );
    }

    #[test]
    fn a_continued_line_skips_the_indentation() {
        assert_eq!(read("\"ab \\\n    cd\""), ("ab cd".to_owned(), vec![(0, 3, 6), (3, 4, 5)]));
    }

    #[test]
    fn other_literals_are_no_text() {
        for repr in ["1", "'a'", "b\"x\"", "c\"x\"", "br\"x\"", "\"open"] {
            assert_eq!(text(repr, Place::default()), None, "{repr}");
        }
    }

    #[test]
    fn values_are_those_of_syn() {
        for repr in [r#""a\tb\\c\x41\0""#, "\"é\\\n \n x\"", r###"r##"a"#b"##"###] {
            let literal: syn::LitStr = syn::parse_str(repr).expect("a literal");
            assert_eq!(text(repr, Place::default()).map(|text| text.value), Some(literal.value()));
        }
    }
}
