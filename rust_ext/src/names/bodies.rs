//! What functions do, file by file.

use std::ops::Range;

use super::{FunctionId, Index};
use crate::ir::Expr;
use crate::model::Unread;
use crate::source;

impl Index<'_> {
    /// The functions of a file.
    pub fn functions_of(&self, file: usize) -> Range<FunctionId> {
        let start = self.functions.partition_point(|(other, _)| *other < file);
        start..self.functions.partition_point(|(other, _)| *other <= file)
    }

    /// The bodies of a file that were left out when its items were read.
    pub fn bodies(&self, file: usize) -> Result<Vec<Expr>, Unread> {
        let Some((facts, later)) = self.files.get(file).and_then(|facts| Some((facts, facts.later.as_ref()?))) else {
            return Ok(Vec::new());
        };
        later
            .read(facts)
            .map_err(|error| Unread { span: source::place(&error).in_file(&facts.path), reason: error.to_string() })
    }

    pub fn kept_bodies(&self, file: usize) -> &[Expr] {
        let read = || self.bodies(file).unwrap_or_default();
        self.kept.get(file).map(|kept| kept.get_or_init(read).as_slice()).unwrap_or_default()
    }
}
