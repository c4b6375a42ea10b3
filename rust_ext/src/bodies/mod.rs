//! Function bodies that can say nothing to us, found on the tokens before syn reads the file.
//!
//! A body counts where a query, a route, a row, an item or a filled field may stand in it; where that is not certain,
//! it counts. The others, and all that only tests have, are blanked: the same lines and columns, and nothing in them.

mod around;
mod comments;
mod headers;
mod levels;
mod words;

use std::ops::Range;

use ra_ap_rustc_lexer::TokenKind;

use around::{only_for_tests, takes_apart};
use levels::{Body, Header, Kind, Last, Open};
pub use words::{Words, matters, names_a_row};

/// Shorter bodies are left as they are: they cost syn as little as blanks do.
const SHORTEST: usize = 96;

/// Words after which `{` begins a block.
const BLOCKS: [&str; 9] = ["async", "do", "else", "gen", "loop", "move", "return", "try", "unsafe"];

/// What need not be read with a file's items, as ranges of bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The inside of each body that says nothing.
    pub silent: Vec<Range<usize>>,
    /// The inside of each body that says something of its function only: read when the function is followed.
    pub later: Vec<Range<usize>>,
    pub comments: Vec<Range<usize>>,
}

/// A walk over the tokens of a file.
pub struct Bodies<'a> {
    text: &'a str,
    words: &'a Words,
    open: Vec<Open>,
    /// The bodies around the present place.
    bodies: Vec<Body>,
    header: Option<Header>,
    /// An item that follows `#[cfg(test)]` or `#[test]`, by its depth and whether its kind is seen.
    tests: Option<(usize, bool)>,
    interface: Option<usize>,
    /// `#[`: where it began.
    attribute: Option<(usize, usize)>,
    last: [Last<'a>; 3],
    parts: Parts,
    within_tests: usize,
    /// How many of the open brackets are within a macro's.
    within_macros: usize,
    /// Doc comments before an item whose kind is not seen yet.
    docs: Vec<Range<usize>>,
    /// Whether the last word was a variant of an enum.
    of_variant: bool,
}

impl<'a> Bodies<'a> {
    pub fn new(text: &'a str, words: &'a Words) -> Self {
        Self {
            text,
            words,
            open: Vec::new(),
            bodies: Vec::new(),
            header: None,
            tests: None,
            interface: None,
            attribute: None,
            last: [Last::Start; 3],
            parts: Parts::default(),
            within_tests: 0,
            within_macros: 0,
            docs: Vec::new(),
            of_variant: false,
        }
    }

    /// What was found, each kind in the order of the source.
    pub fn finish(mut self) -> Parts {
        self.parts.silent.sort_by_key(|range| range.start);
        self.parts
    }

    /// The next token that is neither blank nor comment.
    pub fn token(&mut self, kind: TokenKind, start: usize, end: usize) {
        let word = self.text.get(start..end).unwrap_or_default();
        let this = match kind {
            TokenKind::Ident | TokenKind::RawIdent => Last::Word(word.strip_prefix("r#").unwrap_or(word)),
            TokenKind::Literal { .. } => Last::Literal,
            _ => Last::Sign(word.chars().next().unwrap_or(' ')),
        };
        if !self.docs.is_empty() && self.attribute.is_none() && !matches!(this, Last::Sign('#' | '(' | ')' | '[' | ']'))
        {
            self.documented(if let Last::Word(word) = this { word } else { "" });
        }
        match (kind, this) {
            (TokenKind::OpenParen | TokenKind::OpenBracket, _) => {
                // `fn(` is a type.
                self.header.take_if(|header| !header.named);
                self.open(self.kind_of(Kind::Other), end);
                if self.before() == Last::Sign('#') && self.within_tests == 0 {
                    self.attribute = Some((self.open.len(), end));
                }
            }
            (TokenKind::OpenBrace, _) => self.brace(end),
            (TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace, _) => self.close(start, end),
            (TokenKind::Semi | TokenKind::Comma, _) => self.ends(matches!(kind, TokenKind::Semi)),
            (_, Last::Word(word)) => self.word(word, start),
            (_, Last::Literal) if matches!(self.last, [_, Last::Word("get"), Last::Sign('(')]) => self.count(),
            (_, Last::Literal) => {}
            (_, this) => self.sign(this),
        }
        // `.field = value`
        let assigned = matches!(self.last, [Last::Sign('.'), Last::Word(_) | Last::Literal, Last::Sign('=')]);
        if assigned && !matches!(this, Last::Sign('=' | '>')) {
            self.count();
        }
        self.last = [self.last[1], self.last[2], this];
    }

    fn before(&self) -> Last<'a> {
        self.last[2]
    }

    fn count(&mut self) {
        if let Some(body) = self.bodies.last_mut() {
            body.counts = true;
        }
    }

    fn condition(&self) -> bool {
        self.open.last().is_some_and(|open| open.condition)
    }

    fn set_condition(&mut self, condition: bool) {
        if let Some(open) = self.open.last_mut() {
            open.condition = condition;
        }
    }

    fn open(&mut self, kind: Kind, start: usize) {
        match kind {
            Kind::Tests => self.within_tests += 1,
            Kind::Macro => self.within_macros += 1,
            Kind::Body => {
                let counts = self.header.is_none_or(|header| header.counts);
                self.bodies.push(Body { counts, items: self.within_macros > 0 });
            }
            _ => {}
        }
        self.open.push(Open { kind, start, condition: false });
    }

    /// `name!(..)`, `name! other {..}` outside of bodies is a macro's.
    fn kind_of(&self, otherwise: Kind) -> Kind {
        let called = matches!(self.last, [_, _, Last::Sign('!')] | [_, Last::Sign('!'), Last::Word(_)]);
        if called && self.bodies.is_empty() { Kind::Macro } else { otherwise }
    }

    fn brace(&mut self, start: usize) {
        let depth = self.open.len();
        if self.within_tests > 0 {
            return self.open(Kind::Other, start);
        }
        if let Some((_, seen)) = self.tests.take_if(|(at, _)| *at == depth) {
            if seen {
                self.header = None;
                return self.open(Kind::Tests, start);
            }
        }
        if self.header.is_some_and(|header| header.depth == depth && header.named) {
            // `where [(); {N}]:` and `Foo<{N}>` are no bodies.
            let odd = matches!(self.before(), Last::Sign('<' | ',' | '=' | ':' | '+' | '&' | '|'));
            self.open(if odd { Kind::Other } else { Kind::Body }, start);
            self.header = None;
            return;
        }
        if self.interface == Some(depth) {
            self.interface = None;
            return self.open(Kind::Trait, start);
        }
        if self.condition() {
            self.set_condition(false);
            return self.open(Kind::Condition, start);
        }
        let kind = match self.before() {
            Last::Word(word) if BLOCKS.contains(&word) => Kind::Other,
            Last::Word(_) if self.of_variant => Kind::Other,
            Last::Word(_) | Last::Sign('>') if !matches!(self.last, [_, Last::Sign('='), Last::Sign('>')]) => {
                Kind::Fields
            }
            _ => Kind::Other,
        };
        self.open(self.kind_of(kind), start);
    }

    fn close(&mut self, start: usize, end: usize) {
        let Some(closed) = self.open.pop() else {
            return;
        };
        let depth = self.open.len();
        let rest = || self.text.get(end..).unwrap_or_default().trim_start();
        match closed.kind {
            Kind::Body => self.body_ends(closed.start..start),
            Kind::Macro => self.within_macros -= 1,
            Kind::Tests => {
                self.within_tests -= 1;
                self.blank(closed.start..start);
            }
            // `Foo { a } =>` and `Foo { a } = x` take apart.
            Kind::Fields if !takes_apart(rest()) => self.count(),
            Kind::Condition if takes_apart(rest()) || rest().starts_with('|') => self.set_condition(true),
            _ => {}
        }
        if let Some((_, from)) = self.attribute.take_if(|(at, _)| *at == depth + 1) {
            let written = self.text.get(from..start).unwrap_or_default();
            if only_for_tests(written) && self.open.last().is_none_or(|open| open.kind != Kind::Trait) {
                self.tests = Some((depth, false));
            }
        }
        self.tests.take_if(|(at, _)| *at > depth);
        self.header.take_if(|header| header.depth > depth);
    }

    /// Bodies within others are read with them.
    fn body_ends(&mut self, range: Range<usize>) {
        match self.bodies.pop() {
            Some(Body { counts: false, .. }) => self.blank(range),
            Some(Body { items: false, .. }) if self.bodies.is_empty() && range.len() >= SHORTEST => {
                self.parts.later.push(range);
            }
            _ => {}
        }
    }

    fn blank(&mut self, range: Range<usize>) {
        if range.len() >= SHORTEST {
            self.parts.silent.push(range);
        }
    }

    fn ends(&mut self, statement: bool) {
        let depth = self.open.len();
        self.tests.take_if(|(at, _)| *at == depth);
        if statement {
            self.header.take_if(|header| header.depth == depth);
            self.interface.take_if(|at| *at == depth);
            self.set_condition(false);
        }
    }
}
