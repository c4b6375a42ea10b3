//! Words and signs: the headers of items, and what makes a body count.

use super::Bodies;
use super::around::is_variant;
use super::levels::{Header, Last};
use super::words::{METHODS, NAMED, is_item, matters, names_a_row};

impl<'a> Bodies<'a> {
    pub(super) fn word(&mut self, word: &'a str, start: usize) {
        if self.within_tests > 0 {
            return;
        }
        self.of_variant = self.before() == Last::Sign(':')
            && !self.bodies.is_empty()
            && is_variant(self.text.get(..start).unwrap_or_default());
        self.test_item(word);
        if let Some(header) = &mut self.header {
            if !header.named {
                header.named = true;
                header.counts |= NAMED.contains(&word);
            }
            header.counts |= names_a_row(word) || self.words.contains(word) || (header.arrow && word == "impl");
        }
        if self.counts(word) {
            self.count();
        }
        if let Some(body) = self.bodies.last_mut() {
            body.items |= is_item(word);
        }
        match word {
            "if" | "while" | "match" | "for" => self.set_condition(true),
            "fn" => {
                let depth = self.open.len();
                self.header = Some(Header { depth, counts: false, named: false, arrow: false });
            }
            "trait" => self.interface = Some(self.open.len()),
            _ => {}
        }
    }

    /// Only what is an item for certain is left out with its tests.
    fn test_item(&mut self, word: &str) {
        let depth = self.open.len();
        self.tests = match self.tests {
            Some((at, false)) if at == depth => match word {
                "mod" | "fn" | "impl" => Some((at, true)),
                "pub" | "async" | "unsafe" | "const" => Some((at, false)),
                _ => None,
            },
            other => other,
        };
    }

    fn counts(&self, word: &str) -> bool {
        if self.bodies.is_empty() {
            return false;
        }
        let method = self.before() == Last::Sign('.') && METHODS.contains(&word);
        method || matters(word) || (!self.words.is_empty() && self.words.contains(word))
    }

    pub(super) fn sign(&mut self, this: Last<'a>) {
        let depth = self.open.len();
        self.header.take_if(|header| !header.named);
        self.tests.take_if(|(at, seen)| *at == depth && !*seen && this != Last::Sign('#'));
        match (self.before(), this) {
            (Last::Sign('-'), Last::Sign('>')) => {
                if let Some(header) = self.header.as_mut().filter(|header| header.depth == depth) {
                    header.arrow = true;
                }
            }
            // `x if a => b`, `for<'a>`
            (Last::Sign('='), Last::Sign('>')) | (Last::Word("for"), Last::Sign('<')) => self.set_condition(false),
            _ => {}
        }
    }
}
