//! Function bodies that are read when they are followed, and forgotten then: what items there are is known without them.

use std::ops::Range;

use rustc_hash::FxHashMap;
use syn::Block;
use syn::parse::{ParseStream, Parser};

use crate::error::ReadError;
use crate::ir::{Expr, FileFacts};
use crate::text::Steps;
use crate::{lower, source, tokens};

/// The bodies of a file.
#[derive(Debug)]
pub struct Later {
    /// The file's text with all else blank.
    text: String,
}

impl Later {
    /// `parts` are the insides of the bodies, in the order of the source.
    pub fn new(text: &str, parts: &[Range<usize>]) -> Self {
        let braced: Vec<Range<usize>> = parts.iter().map(|part| part.start - 1..part.end + 1).collect();
        Self { text: tokens::kept(text, &braced) }
    }

    /// The bodies, in the order of the source.
    pub fn read(&self, file: &FileFacts) -> Result<Vec<Expr>, ReadError> {
        let parsed = blocks.parse_str(&self.text).map_err(source::unreadable);
        let lowered = parsed.map(|blocks| lower::bodies(file, &blocks));
        proc_macro2::extra::invalidate_current_thread_spans();
        lowered
    }
}

fn blocks(input: ParseStream) -> syn::Result<Vec<Block>> {
    let mut blocks = Vec::new();
    while !input.is_empty() {
        blocks.push(input.parse()?);
    }
    Ok(blocks)
}

/// The bodies of a file by the line and column of their `{`, as proc-macro2 counts them.
#[derive(Debug, Default)]
pub struct Places(FxHashMap<(usize, usize), usize>);

impl Places {
    pub fn new(text: &str, parts: &[Range<usize>]) -> Self {
        let mut steps = Steps::new(text);
        let places = parts.iter().enumerate().map(|(number, part)| (steps.place(part.start - 1), number));
        Self(places.collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn at(&self, line: usize, column: usize) -> Option<usize> {
        self.0.get(&(line, column)).copied()
    }
}
