//! The templates of `format!`, and texts that are put together from several places.

use crate::ir::{Place, Text};

/// A part of a template; `start` counts characters.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    Text {
        start: u32,
        text: String,
    },
    /// `{}`, `{0}` or `{name}`.
    Hole {
        start: u32,
        name: String,
    },
}

/// The parts of a template, `None` where a hole has a format of its own (`{:?}`, `{x:>5}`).
pub fn pieces(template: &str) -> Option<Vec<Piece>> {
    let signs: Vec<char> = template.chars().collect();
    let mut found = Vec::new();
    let (mut start, mut text, mut at) = (0, String::new(), 0);
    while let Some(sign) = signs.get(at) {
        let doubled = signs.get(at + 1) == Some(sign);
        match sign {
            '{' | '}' if doubled => {
                // The place of what follows is one further than its offset: a new piece.
                text.push(*sign);
                found.push(Piece::Text { start, text: std::mem::take(&mut text) });
                at += 2;
                start = at as u32;
            }
            '{' => {
                if !text.is_empty() {
                    found.push(Piece::Text { start, text: std::mem::take(&mut text) });
                }
                let end = at + signs.get(at..)?.iter().position(|sign| *sign == '}')?;
                let name: String = signs.get(at + 1..end)?.iter().collect();
                if name.contains(':') {
                    return None;
                }
                found.push(Piece::Hole { start: at as u32, name: name.trim().to_owned() });
                at = end + 1;
                start = at as u32;
            }
            sign => {
                text.push(*sign);
                at += 1;
            }
        }
    }
    if !text.is_empty() {
        found.push(Piece::Text { start, text });
    }
    Some(found)
}

/// Line and column of a character of a text.
pub fn place_at(text: &Text, offset: u32) -> (u32, u32) {
    let before = text.offsets.partition_point(|(at, _, _)| *at <= offset);
    match before.checked_sub(1).and_then(|at| text.offsets.get(at)) {
        Some((at, line, column)) => (*line, column + (offset - at)),
        None => (text.place.line, text.place.column),
    }
}

/// A text in the making, with the places of its characters.
#[derive(Default)]
pub struct Joined {
    value: String,
    length: u32,
    offsets: Vec<(u32, u32, u32)>,
}

impl Joined {
    /// A whole text.
    pub fn text(&mut self, text: &Text) {
        self.offsets.extend(text.offsets.iter().map(|(at, line, column)| (at + self.length, *line, *column)));
        self.push(&text.value);
    }

    /// A part of a text, which starts at `start` there.
    pub fn part(&mut self, text: &Text, start: u32, part: &str) {
        let end = start + part.chars().count() as u32;
        let (line, column) = place_at(text, start);
        self.offsets.push((self.length, line, column));
        let within = text.offsets.iter().filter(|(at, _, _)| start < *at && *at < end);
        self.offsets.extend(within.map(|(at, line, column)| (at - start + self.length, *line, *column)));
        self.push(part);
    }

    /// A text from elsewhere: all of its characters are at one place.
    pub fn placed(&mut self, text: &str, place: (u32, u32)) {
        let count = text.chars().count() as u32;
        self.offsets.extend((0..count).map(|at| (self.length + at, place.0, place.1)));
        self.push(text);
    }

    fn push(&mut self, text: &str) {
        self.length += text.chars().count() as u32;
        self.value.push_str(text);
    }

    pub fn finish(self, place: Place) -> Text {
        Text { value: self.value, place, offsets: self.offsets }
    }
}

#[cfg(test)]
mod tests {
    use super::{Joined, Piece, pieces, place_at};
    use crate::ir::{Place, Text};

    fn text(start: u32, text: &str) -> Piece {
        Piece::Text { start, text: text.to_owned() }
    }

    fn hole(start: u32, name: &str) -> Piece {
        Piece::Hole { start, name: name.to_owned() }
    }

    #[test]
    fn templates_are_divided_at_their_holes() {
        assert_eq!(pieces("a {} b"), Some(vec![text(0, "a "), hole(2, ""), text(4, " b")]));
        assert_eq!(pieces("{x}{0}"), Some(vec![hole(0, "x"), hole(3, "0")]));
        assert_eq!(pieces("a {{b}} c"), Some(vec![text(0, "a {"), text(4, "b}"), text(7, " c")]));
        for other in ["{:?}", "{x:>5}", "{x"] {
            assert_eq!(pieces(other), None, "{other}");
        }
    }

    #[test]
    fn places_follow_the_parts() {
        let template = Text { value: "a {} b".to_owned(), place: Place::default(), offsets: vec![(0, 3, 10)] };
        let mut joined = Joined::default();
        joined.part(&template, 0, "a ");
        joined.placed("xy", place_at(&template, 2));
        joined.part(&template, 4, " b");
        let joined = joined.finish(Place::default());
        assert_eq!(joined.value, "a xy b");
        assert_eq!(joined.offsets, vec![(0, 3, 10), (2, 3, 12), (3, 3, 12), (4, 3, 14)]);
    }
}
