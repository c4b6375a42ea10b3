//! Where the walk stands: brackets, headers and the tokens before.

/// What an open bracket is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Other,
    /// A body, with where it began, whether it counts, and what was the body around it.
    Body,
    /// The body of an item that exists in tests only.
    Tests,
    /// Perhaps the fields of a literal.
    Fields,
    /// The block or pattern after `if`, `match` and their like.
    Condition,
    Trait,
    /// What a macro outside of bodies is given.
    Macro,
}

pub(super) struct Open {
    pub kind: Kind,
    pub start: usize,
    /// Whether the level is between `if` and its block.
    pub condition: bool,
}

/// The body of a function.
#[derive(Clone, Copy)]
pub(super) struct Body {
    /// Whether it may say something.
    pub counts: bool,
    /// Whether it may hold items, which other files can name.
    pub items: bool,
}

/// The header of an item, up to its body.
#[derive(Clone, Copy)]
pub(super) struct Header {
    pub depth: usize,
    pub counts: bool,
    pub named: bool,
    pub arrow: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Last<'a> {
    Start,
    Word(&'a str),
    Sign(char),
    Literal,
}
