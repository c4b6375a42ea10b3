//! What the text beside a token says of it.

/// `Error::Missing`: a variant of an enum, which is no struct. Modules that are called so are among the words.
pub(super) fn is_variant(before: &str) -> bool {
    let Some(owner) = before.trim_end().strip_suffix("::") else {
        return false;
    };
    let owner = owner.trim_end();
    let start = owner.rfind(|sign: char| !(sign.is_alphanumeric() || sign == '_')).map_or(0, |at| at + 1);
    owner.get(start..).and_then(|owner| owner.chars().next()).is_some_and(char::is_uppercase)
}

/// `Foo { a } =>`, `Foo { a } = x`: a pattern.
pub(super) fn takes_apart(rest: &str) -> bool {
    rest.starts_with("=>") || (rest.starts_with('=') && !rest.starts_with("=="))
}

/// The inside of `#[cfg(test)]`, `#[test]`, `#[tokio::test]`, `#[sqlx::test(..)]`.
pub(super) fn only_for_tests(written: &str) -> bool {
    let written = written.trim();
    let path = written.split('(').next().unwrap_or_default().trim();
    written == "cfg(test)" || path.rsplit("::").next() == Some("test")
}
