//! The checkout's files, and which of them were asked for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use sha2::{Digest, Sha256};

use crate::error::{LARGEST_FILE, ReadError};

/// What a path holds: the digest of its bytes, `None` where there is nothing that is read.
type Holds = Option<[u8; 32]>;

/// All paths are relative to `root`.
pub struct Disk<'a> {
    root: &'a Path,
    asked: Mutex<BTreeMap<String, Holds>>,
}

impl<'a> Disk<'a> {
    pub fn new(root: &'a Path) -> Self {
        Self { root, asked: Mutex::default() }
    }

    /// Every path that was asked for, whether there was a file or not, and one digest of all that they held: where it is
    /// the same again, all is read the same.
    pub fn asked(self) -> (Vec<String>, String) {
        let asked = self.asked.into_inner().unwrap_or_default();
        let digest = digest(asked.iter().map(|(path, holds)| (path.as_str(), *holds)));
        (asked.into_keys().collect(), digest)
    }

    /// Whether `text` may find a file there.
    pub fn is_file(&self, path: &str) -> bool {
        let found = self.root.join(path).is_file();
        if !found {
            self.note(path, None);
        }
        found
    }

    /// The text of a file, bounded in size.
    pub fn text(&self, path: &str) -> Result<String, ReadError> {
        let bytes = bytes(&self.root.join(path));
        self.note(path, bytes.as_ref().ok().map(|bytes| Sha256::digest(bytes).into()));
        String::from_utf8(bytes?).map_err(|error| {
            let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let start = valid.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let line = valid.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
            let before = valid.get(start..).unwrap_or_default();
            let column = String::from_utf8_lossy(before).chars().count() as u32 + 1;
            ReadError::NotUtf8 { line, column }
        })
    }

    fn note(&self, path: &str, holds: Holds) {
        if let Ok(mut asked) = self.asked.lock() {
            asked.insert(path.to_owned(), holds);
        }
    }
}

/// The digest that `Disk::asked` gives, of what the paths hold now.
pub fn digest_of(root: &Path, paths: &[String]) -> String {
    let holds = |path: &str| bytes(&root.join(path)).ok().map(|bytes| Sha256::digest(bytes).into());
    digest(paths.iter().map(|path| (path.as_str(), holds(path))))
}

fn digest<'p>(held: impl Iterator<Item = (&'p str, Holds)>) -> String {
    let mut all = Sha256::new();
    for (path, holds) in held {
        all.update(path.as_bytes());
        all.update([0, u8::from(holds.is_some())]);
        all.update(holds.unwrap_or_default());
    }
    all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(full: &Path) -> Result<Vec<u8>, ReadError> {
    let about = fs::metadata(full).map_err(io)?;
    if !about.is_file() {
        return Err(ReadError::Io("it is not a file".to_owned()));
    }
    if about.len() > LARGEST_FILE {
        return Err(ReadError::TooLarge(about.len()));
    }
    fs::read(full).map_err(io)
}

fn io(error: std::io::Error) -> ReadError {
    match error.kind() {
        std::io::ErrorKind::NotFound => ReadError::Missing,
        _ => ReadError::Io(error.to_string()),
    }
}
