//! Blocks that hold items, as modules without a name: what such a block declares is visible in the whole of it, hides
//! what is outside, and is nobody else's ("Item declarations" of the Rust reference).

use smol_str::format_smolstr;

use super::{ModulePath, Name};

/// No name of Rust begins with it.
const MARK: char = '{';

/// The path of a block in a module or another block. `function` is what the block shows of its function, `number` its
/// position in the file: files of one module, such as two binaries, share no block.
pub fn block(around: &[Name], function: &str, path: &str, number: usize) -> ModulePath {
    around.iter().cloned().chain([format_smolstr!("{MARK}{function}}}{number} {path}")]).collect()
}

fn is_block(segment: &Name) -> bool {
    segment.starts_with(MARK)
}

/// What is around a block; `None` for a module.
pub fn outside(path: &[Name]) -> Option<&[Name]> {
    path.split_last().filter(|(last, _)| is_block(last)).map(|(_, around)| around)
}

/// The block, those around it, and the module that they stand in: where a name is looked for, the nearest first.
pub fn scopes(path: &[Name]) -> impl Iterator<Item = &[Name]> {
    std::iter::successors(Some(path), |inner| outside(inner))
}

/// What `self` means in a block.
pub fn module_of(path: &[Name]) -> &[Name] {
    outside(path).map_or(path, module_of)
}

/// What `super` means.
pub fn parent_of(path: &[Name]) -> Option<&[Name]> {
    module_of(path).split_last().map(|(_, parent)| module_of(parent))
}

/// The modules of a path, without blocks.
pub fn written(path: &[Name]) -> String {
    let modules: Vec<&str> = path.iter().filter(|segment| !is_block(segment)).map(Name::as_str).collect();
    modules.join("::")
}

/// The modules of a path, and the functions of its blocks.
pub fn with_functions(path: &[Name]) -> String {
    let shown = |segment: &'_ Name| -> Option<String> {
        match segment.strip_prefix(MARK) {
            Some(rest) => rest.split_once('}').map(|(function, _)| function.to_owned()).filter(|name| !name.is_empty()),
            None => Some(segment.to_string()),
        }
    };
    path.iter().filter_map(shown).collect::<Vec<_>>().join("::")
}

#[cfg(test)]
mod tests {
    use super::{Name, block, module_of, outside, parent_of, scopes, with_functions, written};

    fn names(path: &[&str]) -> Vec<Name> {
        path.iter().map(|name| Name::from(*name)).collect()
    }

    #[test]
    fn a_block_is_a_module_that_nobody_can_name() {
        let module = names(&["store", "catalog"]);
        let outer = block(&module, "Store::open", "src/store.rs", 0);
        let inner = block(&outer, "", "src/store.rs", 1);
        assert_eq!(outside(&inner), Some(&*outer));
        assert_eq!(outside(&module), None);
        assert_eq!(scopes(&inner).collect::<Vec<_>>(), [&*inner, &*outer, &*module]);
        assert_eq!(module_of(&inner), module);
        assert_eq!(parent_of(&inner), Some(&module[..1]));
        assert_eq!(parent_of(&block(&[], "main", "src/main.rs", 0)), None);
        assert_eq!(written(&inner), "store::catalog");
        assert_eq!(with_functions(&inner), "store::catalog::Store::open");
    }

    #[test]
    fn blocks_of_one_function_differ_and_a_module_in_one_has_its_own_self() {
        assert_ne!(block(&[], "main", "src/main.rs", 0), block(&[], "main", "src/main.rs", 1));
        assert_ne!(block(&[], "main", "src/main.rs", 0), block(&[], "main", "src/bin/other.rs", 0));
        let mut module = block(&names(&["store"]), "open", "src/store.rs", 0).to_vec();
        module.push("inner".into());
        assert_eq!(module_of(&module), module);
        assert_eq!(parent_of(&module), Some(&names(&["store"])[..]));
        assert_eq!(scopes(&module).count(), 1);
    }
}
