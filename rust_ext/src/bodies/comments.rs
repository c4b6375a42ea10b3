//! Comments, which say nothing.

use std::ops::Range;

use super::Bodies;

/// Shorter comments are read over as fast.
const SHORTEST_COMMENT: usize = 16;

impl Bodies<'_> {
    /// A comment; those that become attributes stay within bodies and macros.
    pub fn comment(&mut self, range: Range<usize>, is_doc: bool) {
        match (is_doc, self.bodies.is_empty() && self.within_macros == 0) {
            (false, _) if range.len() >= SHORTEST_COMMENT => self.parts.comments.push(range),
            (true, true) => self.docs.push(range),
            _ => {}
        }
    }

    /// Doc comments say nothing, but a `mod` begins with them.
    pub(super) fn documented(&mut self, word: &str) {
        match word {
            "pub" | "crate" | "in" | "unsafe" => {}
            "mod" => self.docs.clear(),
            _ => self.parts.comments.append(&mut self.docs),
        }
    }
}
