//! A bound on how deep syn can recurse, found before it runs: syn aborts the process when its stack ends.
//!
//! Brackets alone are not enough (`& & &`, `|| ||`, `fn() ->` nest without any). What bounds the recursion is the
//! number of tokens on the unclosed path: for every open bracket, the tokens since its last `;` or `,`. syn was
//! measured to use at most 5.4 KB of stack for each.

use ra_ap_rustc_lexer::TokenKind;

use crate::error::DEEPEST_PATH;

/// A walk over the tokens of a file.
#[derive(Default)]
pub struct Depth {
    open: Vec<usize>,
    path: usize,
    since: usize,
    after_brace: bool,
    after_doc: bool,
}

impl Depth {
    /// The next token, blanks left out; whether it is one too many on the path of unclosed tokens.
    pub fn token(&mut self, kind: TokenKind, word: &str) -> bool {
        if self.after_brace && starts_afresh(word) {
            self.since = 0;
        }
        self.after_brace = matches!(kind, TokenKind::CloseBrace);
        let is_doc = matches!(
            kind,
            TokenKind::LineComment { doc_style: Some(_) } | TokenKind::BlockComment { doc_style: Some(_), .. }
        );
        match kind {
            // A doc comment becomes an attribute: five tokens, two of them brackets. syn reads attributes one after
            // the other, so that a page of them is as deep as one.
            _ if is_doc => self.since += if self.after_doc { 0 } else { 5 },
            TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => return false,
            TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::OpenBracket => {
                self.path += self.since + 1;
                self.open.push(self.since + 1);
                self.since = 0;
            }
            TokenKind::CloseParen | TokenKind::CloseBrace | TokenKind::CloseBracket => {
                self.since = self.open.pop().unwrap_or(0);
                self.path = self.path.saturating_sub(self.since);
            }
            TokenKind::Semi | TokenKind::Comma => self.since = 0,
            _ => self.since += 1,
        }
        self.after_doc = is_doc;
        self.path + self.since > DEEPEST_PATH
    }
}

/// Words that begin an item or a statement after a `}`: syn reads these in a loop, one after the other.
fn starts_afresh(word: &str) -> bool {
    matches!(
        word,
        "fn" | "pub" | "struct" | "enum" | "impl" | "mod" | "use" | "trait" | "type" | "static" | "let" | "#"
    )
}

#[cfg(test)]
mod tests {
    use crate::error::ReadError;

    fn check(text: &str) -> Result<(), ReadError> {
        crate::tokens::parts(text, &Default::default()).map(|_| ())
    }

    #[test]
    fn nesting_with_and_without_brackets_is_bounded() {
        for unit in ["(", "[", "{", "& ", "|| ", "fn() -> ", "!", "a = ", "Vec<", "/// x\n& "] {
            let text = format!("fn f() {{ {}", unit.repeat(100_000));
            assert!(matches!(check(&text), Err(ReadError::TooDeep { .. })), "{unit}");
        }
    }

    #[test]
    fn long_but_flat_code_passes() {
        assert_eq!(check(&"fn f(a: u8) { g(1, 2); }\n".repeat(100)), Ok(()));
        assert_eq!(check(&format!("const A: [u8; 9] = [{}];", "1, ".repeat(100_000))), Ok(()));
    }

    #[test]
    fn pages_of_documentation_are_not_deep() {
        assert_eq!(check(&"//! # Title\n".repeat(100_000)), Ok(()));
        assert_eq!(
            check(&format!("{}fn f() {{ {} g(); }}", "/// x\n".repeat(100_000), "/// y\n// z\n".repeat(50_000))),
            Ok(())
        );
    }

    #[test]
    fn many_items_are_not_deep() {
        assert_eq!(check(&"pub fn f(a: u8) -> u8 { a }\n".repeat(10_000)), Ok(()));
        assert_eq!(check(&"#[inline] fn f() { if a {} }\n".repeat(10_000)), Ok(()));
    }

    #[test]
    fn the_place_is_the_token_that_is_one_too_many() {
        let text = format!("\n{}", "(".repeat(10_000));
        assert_eq!(check(&text), Err(ReadError::TooDeep { line: 2, column: 8_193 }));
    }
}
