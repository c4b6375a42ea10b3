//! Blocks, which may hold items of their own.

use syn::{Item, Stmt};

use super::attributes::only_for_tests;
use super::items::attributes_of;
use super::tables::may_be_table;
use super::{Lowering, segments};
use crate::ir::{Expr, blocks};

impl Lowering<'_> {
    pub fn block_of(&mut self, statements: &[Stmt]) -> Expr {
        if !statements.iter().any(declares) {
            return Expr::Block(self.statements(statements));
        }
        let number = self.facts.blocks.len();
        // Blocks in this one show no function again.
        let function = std::mem::take(&mut self.function);
        let inside = blocks::block(&self.module, &function, &self.facts.path, number);
        self.facts.blocks.push(inside.clone());
        let outer = std::mem::replace(&mut self.module, inside);
        let statements = self.statements(statements);
        self.module = outer;
        self.function = function;
        Expr::Scope(number, statements)
    }
}

/// Whether a statement gives a name to its whole block.
fn declares(statement: &Stmt) -> bool {
    match statement {
        Stmt::Item(Item::Macro(_)) => false,
        Stmt::Item(item) => !only_for_tests(attributes_of(item)),
        Stmt::Macro(of) => may_be_table(&segments(&of.mac.path)),
        Stmt::Local(_) | Stmt::Expr(..) => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::ir::FileFacts;
    use crate::ir::blocks::{scopes, with_functions, written};
    use crate::later::Places;
    use crate::lower::{Position, file};

    fn facts(source: &str) -> FileFacts {
        let position =
            Position { package: 0, path: "src/store.rs".into(), module: ["store".into()].into(), beside: false };
        let parsed = syn::parse_file(source).expect("Rust");
        file(&position, &parsed, &Places::default()).expect("no body is left out")
    }

    #[test]
    fn only_blocks_with_items_are_modules() {
        for body in ["f();", "let a = { 1 };", "#[cfg(test)] const A: u8 = 1;", "macro_rules! m { () => {} }", "m!();"]
        {
            assert!(facts(&format!("fn f() {{ {body} }}")).blocks.is_empty(), "{body}");
        }
        for body in ["const A: u8 = 1;", "use a::b;", "if a { enum E {} }", "table! { t (id) { id -> Int4, } }"] {
            assert_eq!(facts(&format!("fn f() {{ {body} }}")).blocks.len(), 1, "{body}");
        }
    }

    #[test]
    fn items_stand_in_their_blocks() {
        let facts = facts(
            "impl Store { fn open() { struct A; fn inner() { struct B; { use a::C; } } } }
             const N: u8 = { struct D; 1 };",
        );
        let shown = |module: &[_]| (written(module), with_functions(module), scopes(module).count());
        let structs = facts.structs.iter().map(|item| (item.name.as_str(), shown(&item.module)));
        let expected = [
            ("A", ("store".to_owned(), "store::Store::open".to_owned(), 2)),
            ("B", ("store".to_owned(), "store::Store::open::inner".to_owned(), 3)),
            ("D", ("store".to_owned(), "store".to_owned(), 2)),
        ];
        assert_eq!(structs.collect::<Vec<_>>(), expected);
        assert_eq!(facts.uses.iter().map(|brought| scopes(&brought.module).count()).collect::<Vec<_>>(), [4]);
        assert_eq!(facts.blocks.len(), 4);
    }
}
