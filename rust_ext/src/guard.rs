//! A bound on how deep syn can recurse, found before it runs: syn aborts the process when its stack ends.
//!
//! Brackets alone are not enough (`& & &`, `|| ||`, `fn() ->` nest without any). What bounds the recursion is the
//! number of tokens on the unclosed path: for every open bracket, the tokens since its last `;` or `,`. syn was
//! measured to use at most 5.4 KB of stack for each.

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use crate::error::{DEEPEST_PATH, ReadError};
use crate::text::Lines;

/// Fails where the path of unclosed tokens is longer than `DEEPEST_PATH`, at the token that is one too many.
pub fn check(text: &str) -> Result<(), ReadError> {
    let mut open: Vec<usize> = Vec::new();
    let (mut path, mut since, mut offset) = (0_usize, 0_usize, 0_usize);
    let mut after_brace = false;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let start = offset;
        offset += token.len as usize;
        if token.kind == TokenKind::Whitespace {
            continue;
        }
        if after_brace && starts_afresh(text.get(start..offset).unwrap_or_default()) {
            since = 0;
        }
        after_brace = token.kind == TokenKind::CloseBrace;
        match token.kind {
            // A doc comment becomes an attribute: five tokens, two of them brackets.
            TokenKind::LineComment { doc_style } | TokenKind::BlockComment { doc_style, .. } => {
                since += if doc_style.is_some() { 5 } else { 0 };
            }
            TokenKind::OpenParen | TokenKind::OpenBrace | TokenKind::OpenBracket => {
                path += since + 1;
                open.push(since + 1);
                since = 0;
            }
            TokenKind::CloseParen | TokenKind::CloseBrace | TokenKind::CloseBracket => {
                since = open.pop().unwrap_or(0);
                path = path.saturating_sub(since);
            }
            TokenKind::Semi | TokenKind::Comma => since = 0,
            _ => since += 1,
        }
        if path + since > DEEPEST_PATH {
            let (line, column) = Lines::new(text).place(start);
            return Err(ReadError::TooDeep { line, column });
        }
    }
    Ok(())
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
    use super::check;
    use crate::error::ReadError;

    #[test]
    fn nesting_with_and_without_brackets_is_bounded() {
        for unit in ["(", "[", "{", "& ", "|| ", "fn() -> ", "!", "a = ", "Vec<", "/// x\n"] {
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
