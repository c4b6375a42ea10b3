//! One source file: from the disk to what it says.

use std::ops::Range;
use std::sync::Arc;

use crate::bodies::{Parts, Words};
use crate::disk::Disk;
use crate::error::ReadError;
use crate::ir::{FileFacts, Place};
use crate::later::{Later, Places};
use crate::lower::{self, Position};
use crate::tokens;

/// The facts of a file; one that cannot be read has a single entry in `unread`.
pub fn facts(disk: &Disk, position: &Position, words: &Words) -> FileFacts {
    let facts = disk.text(&position.path).and_then(|text| parsed(&text, position, words));
    // syn's spans live in a map of this thread, with every text that was parsed on it.
    proc_macro2::extra::invalidate_current_thread_spans();
    facts.unwrap_or_else(|error| FileFacts {
        path: Arc::clone(&position.path),
        package: position.package,
        module: position.module.clone(),
        unread: vec![(place(&error), error.to_string())],
        ..FileFacts::default()
    })
}

/// A file that was read without the bodies in `silent`, where other words leave fewer of them out.
pub fn again(disk: &Disk, position: &Position, silent: &str, words: &Words) -> Option<FileFacts> {
    if !silent.split(|sign: char| !sign.is_alphanumeric() && sign != '_').any(|word| words.contains(word)) {
        return None;
    }
    let text = disk.text(&position.path).ok()?;
    let facts = parsed(&text, position, words).ok();
    proc_macro2::extra::invalidate_current_thread_spans();
    facts
}

/// One character of the file.
pub fn place(error: &ReadError) -> Place {
    let (line, column) = error.place();
    Place { line, column, end_line: line, end_column: column + 1 }
}

/// A file that reads with parts of it left out is not read whole. Bodies that no function took are read with it.
fn parsed(text: &str, position: &Position, words: &Words) -> Result<FileFacts, ReadError> {
    let Parts { silent, later, comments } = tokens::parts(text, words)?;
    if !later.is_empty() {
        let left = tokens::blanked(text, silent.iter().chain(&later).chain(&comments));
        let read = syn::parse_file(&left).ok();
        if let Some(facts) = read.and_then(|file| lower::file(position, &file, &Places::new(text, &later))) {
            return Ok(FileFacts { silent: joined(text, &silent), later: Some(Later::new(text, &later)), ..facts });
        }
    }
    let left = tokens::blanked(text, silent.iter().chain(&comments));
    let file = syn::parse_file(&left).or_else(|_| syn::parse_file(text)).map_err(unreadable)?;
    let facts = lower::file(position, &file, &Places::default()).unwrap_or_default();
    Ok(FileFacts { silent: joined(text, &silent), ..facts })
}

fn joined(text: &str, parts: &[Range<usize>]) -> String {
    parts.iter().flat_map(|part| [text.get(part.clone()).unwrap_or_default(), "\n"]).collect()
}

pub fn unreadable(error: syn::Error) -> ReadError {
    let start = error.span().start();
    ReadError::Syntax { line: (start.line as u32).max(1), column: start.column as u32 + 1, message: error.to_string() }
}
