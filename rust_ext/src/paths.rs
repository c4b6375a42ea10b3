//! Paths relative to the rootdir, with forward slashes.

/// `folder/path` without `.` and `..` as far as they cancel out.
pub fn join(folder: &str, path: &str) -> String {
    let path = path.replace('\\', "/");
    let start = if path.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The folder of a file, `""` for the rootdir.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name of a file without its folder and ending.
pub fn stem(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.strip_suffix(".rs").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn joined_paths_are_normal() {
        assert_eq!(super::join("a/b", "../c.rs"), "a/c.rs");
        assert_eq!(super::join("", "./c.rs"), "c.rs");
        assert_eq!(super::join("a", "../../c.rs"), "../c.rs");
    }

    #[test]
    fn parts_of_a_path() {
        assert_eq!((super::folder("a/b.rs"), super::stem("a/b.rs")), ("a", "b"));
        assert_eq!((super::folder("b.rs"), super::stem("b.rs")), ("", "b"));
    }
}
