//! Lines and columns of a text: lines count from 1, columns count characters from 1.

/// Where each line of a text starts, for lookups in both directions.
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(newlines).collect() }
    }

    /// Line and column of a byte offset; an offset beyond the end is the end.
    pub fn place(&self, offset: usize) -> (u32, u32) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        (line as u32, column as u32 + 1)
    }

    /// The text of a line without its line break, or nothing where the text is shorter.
    pub fn line(&self, line: u32) -> Option<&'a str> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.starts.get(index)?;
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        let text = self.text.get(start..end)?;
        Some(text.strip_suffix('\r').unwrap_or(text))
    }

    /// The byte offset of a line and column; a column past the end of the line is the end of the line.
    pub fn offset(&self, line: u32, column: u32) -> Option<usize> {
        let text = self.line(line)?;
        let start = self.starts.get(line as usize - 1)?;
        let within = text.char_indices().nth((column as usize).saturating_sub(1)).map_or(text.len(), |(at, _)| at);
        Some(start + within)
    }
}

/// Places of a text, each behind the one before: what lies between is counted once.
pub struct Steps<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
    start: usize,
}

impl<'a> Steps<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, offset: 0, line: 1, start: 0 }
    }

    /// The line, from 1, and the column, from 0, of a byte offset.
    pub fn place(&mut self, offset: usize) -> (usize, usize) {
        let between = self.text.get(self.offset..offset).unwrap_or_default();
        if let Some(last) = between.rfind('\n') {
            self.line += between.bytes().filter(|byte| *byte == b'\n').count();
            self.start = self.offset + last + 1;
        }
        self.offset = offset;
        (self.line, self.text.get(self.start..offset).map_or(0, |before| before.chars().count()))
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn places_count_characters() {
        let lines = Lines::new("aé\nöb\r\n");
        assert_eq!(lines.place(0), (1, 1));
        assert_eq!(lines.place(3), (1, 3));
        assert_eq!(lines.place(4), (2, 1));
        assert_eq!(lines.place(6), (2, 2));
        assert_eq!(lines.place(99), (3, 1));
    }

    #[test]
    fn offsets_are_the_way_back() {
        let lines = Lines::new("aé\nöb\r\n");
        assert_eq!(lines.offset(2, 2), Some(6));
        assert_eq!(lines.offset(2, 9), Some(7));
        assert_eq!(lines.offset(9, 1), None);
        assert_eq!(lines.offset(0, 1), None);
    }
}
