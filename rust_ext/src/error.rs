//! Why a file could not be read. Every reason is a sentence for a person, and never a crash.

use std::fmt;

/// Files beyond this are generated code; syn would need some 60 bytes of memory per byte of source.
pub const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// The most tokens on an unclosed path, see `guard`.
pub const DEEPEST_PATH: usize = 8_192;

#[derive(Debug, PartialEq, Eq)]
pub enum ReadError {
    Missing,
    Io(String),
    TooLarge(u64),
    NotUtf8 { line: u32, column: u32 },
    TooDeep { line: u32, column: u32 },
    Syntax { line: u32, column: u32, message: String },
}

impl ReadError {
    /// The line and column that the error is about; the start of the file where it has none.
    pub fn place(&self) -> (u32, u32) {
        match self {
            Self::Missing | Self::Io(_) | Self::TooLarge(_) => (1, 1),
            Self::NotUtf8 { line, column } | Self::TooDeep { line, column } | Self::Syntax { line, column, .. } => {
                (*line, *column)
            }
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(out, "the file does not exist"),
            Self::Io(reason) => write!(out, "the file cannot be read: {reason}"),
            Self::TooLarge(bytes) => {
                write!(out, "the file has {bytes} bytes, more than the {LARGEST_FILE} that are read")
            }
            Self::NotUtf8 { .. } => write!(out, "the file is not UTF-8"),
            Self::TooDeep { .. } => {
                write!(out, "the code nests too deeply: more than {DEEPEST_PATH} tokens before a bracket closes")
            }
            Self::Syntax { message, .. } => write!(out, "syntax error: {message}"),
        }
    }
}

impl std::error::Error for ReadError {}
