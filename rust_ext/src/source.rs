//! One source file: from the disk to what it says.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::error::{LARGEST_FILE, ReadError};
use crate::guard;
use crate::ir::{FileFacts, Place};
use crate::lower::{self, Position};

/// The facts of a file; one that cannot be read has a single entry in `unread`.
pub fn facts(root: &Path, position: &Position) -> FileFacts {
    let facts = text(root, &position.path).and_then(|text| parsed(&text, position));
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

/// The text of a file below `root`, bounded in size.
pub fn text(root: &Path, path: &str) -> Result<String, ReadError> {
    let full = root.join(path);
    let about = fs::metadata(&full).map_err(io)?;
    if !about.is_file() {
        return Err(ReadError::Io("it is not a file".to_owned()));
    }
    if about.len() > LARGEST_FILE {
        return Err(ReadError::TooLarge(about.len()));
    }
    String::from_utf8(fs::read(&full).map_err(io)?).map_err(|error| {
        let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let start = valid.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let line = valid.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
        let before = valid.get(start..).unwrap_or_default();
        let column = String::from_utf8_lossy(before).chars().count() as u32 + 1;
        ReadError::NotUtf8 { line, column }
    })
}

fn io(error: std::io::Error) -> ReadError {
    match error.kind() {
        std::io::ErrorKind::NotFound => ReadError::Missing,
        _ => ReadError::Io(error.to_string()),
    }
}

fn parsed(text: &str, position: &Position) -> Result<FileFacts, ReadError> {
    guard::check(text)?;
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
