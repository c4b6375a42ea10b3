//! One source file: from the disk to what it says.

use std::ops::Range;
use std::sync::Arc;

use crate::bodies::Words;
use crate::disk::Disk;
use crate::error::ReadError;
use crate::ir::{FileFacts, Place};
use crate::lower::{self, Position};
use crate::tokens;

/// The facts of a file; one that cannot be read has a single entry in `unread`.
pub fn facts(disk: &Disk, position: &Position, words: &Words) -> FileFacts {
    let facts = disk.text(&position.path).and_then(|text| parsed(&text, position, words));
    // syn's spans live in a map of this thread, with every text that was parsed on it.
    proc_macro2::extra::invalidate_current_thread_spans();
    facts.unwrap_or_else(|error| {
        let (line, column) = error.place();
        let place = Place { line, column, end_line: line, end_column: column + 1 };
        FileFacts {
            path: Arc::clone(&position.path),
            package: position.package,
            module: position.module.clone(),
            unread: vec![(place, error.to_string())],
            ..FileFacts::default()
        }
    })
}

/// A file that was read without the bodies in `silent`, where other words leave fewer of them out.
pub fn again(disk: &Disk, position: &Position, silent: &[Range<usize>], words: &Words) -> Option<FileFacts> {
    let text = disk.text(&position.path).ok().filter(|_| !silent.is_empty())?;
    let within = |part: &Range<usize>| {
        let part = text.get(part.clone()).unwrap_or_default();
        part.split(|sign: char| !sign.is_alphanumeric() && sign != '_').any(|word| words.contains(word))
    };
    if !silent.iter().any(within) {
        return None;
    }
    let facts = parsed(&text, position, words).ok();
    proc_macro2::extra::invalidate_current_thread_spans();
    facts
}

/// A file that reads with its silent bodies left out is not read whole.
fn parsed(text: &str, position: &Position, words: &Words) -> Result<FileFacts, ReadError> {
    let silent = tokens::silent_bodies(text, words)?;
    if !silent.is_empty() {
        if let Ok(file) = syn::parse_file(&tokens::blanked(text, &silent)) {
            return Ok(FileFacts { silent, ..lower::file(position, &file) });
        }
    }
    let file = syn::parse_file(text).map_err(|error| {
        let start = error.span().start();
        ReadError::Syntax {
            line: (start.line as u32).max(1),
            column: start.column as u32 + 1,
            message: error.to_string(),
        }
    })?;
    Ok(lower::file(position, &file))
}
