//! Names across modules and packages: items, `use` with renames and globs, re-exports, type aliases.

mod bodies;
mod lookup;
mod owned;
mod packages;
mod signatures;
mod tables;
mod types;

use std::sync::{Arc, OnceLock, RwLock};

use rustc_hash::FxHashMap as HashMap;
use smol_str::format_smolstr;

use crate::ir::{Alias, Constant, EnumItem, Expr, FileFacts, Function, Name, StructItem, TableItem, Use, blocks};
use crate::model::StructRef;
use crate::modules::Package;

pub use signatures::Signature;
pub use types::Ty;

/// Positions in the index.
pub type StructId = usize;
pub type FunctionId = usize;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    Struct(StructId),
    Function(FunctionId),
    /// File and position in it.
    Alias(usize, usize),
    Constant(usize, usize),
    Other,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Item(Item),
    /// A name inside of an item: `Invoice::list`.
    Member(Item, Vec<Name>),
    /// Something outside of these packages, by its full path as far as `use` tells it.
    External(Vec<Name>),
}

/// Where a name is written.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    pub file: usize,
    pub module: &'a [Name],
    pub uses: &'a [Use],
}

/// A module of a package.
#[derive(Default)]
struct Scope<'a> {
    package: usize,
    children: HashMap<&'a str, usize>,
    items: HashMap<&'a str, Vec<(usize, Item)>>,
    uses: HashMap<&'a str, Vec<&'a Use>>,
    globs: Vec<&'a Use>,
}

pub struct Index<'a> {
    pub packages: &'a [Package],
    pub files: &'a [FileFacts],
    /// File and position in it of every struct and function.
    pub structs: Vec<(usize, &'a StructItem)>,
    pub functions: Vec<(usize, &'a Function)>,
    pub tables: Vec<(usize, &'a TableItem)>,
    /// The table of the module that `table!` makes.
    table_of: HashMap<usize, usize>,
    /// File and position in it of every enum.
    pub enums: Vec<(usize, &'a EnumItem)>,
    /// File and position in it of the constants of implementations, by the names of type and constant.
    owned: HashMap<(&'a str, &'a str), Vec<(usize, usize)>>,
    /// The types that implementations for a struct name.
    associated: HashMap<(StructId, &'a str), Vec<(usize, &'a Alias)>>,
    names: Vec<Name>,
    methods: HashMap<(StructId, &'a str), Vec<FunctionId>>,
    scopes: Vec<Scope<'a>>,
    scope_of: HashMap<(usize, &'a [Name]), usize>,
    closures: Vec<Vec<usize>>,
    first_files: Vec<Option<usize>>,
    package_of: HashMap<&'a str, usize>,
    /// What was found already, by the file that asks. Most names are asked for again and again.
    known: Vec<RwLock<HashMap<Place, Answers>>>,
    signatures: Vec<OnceLock<Signature>>,
    fields: Vec<OnceLock<Vec<Ty>>>,
    /// The bodies of files to which another file handed rows.
    kept: Vec<OnceLock<Vec<Expr>>>,
}

/// What paths mean at one place.
type Answers = HashMap<Vec<Name>, Arc<Found>>;

/// Where a name is asked for in a file: address and length of the module's path and of the uses.
type Place = ((usize, usize), (usize, usize));

impl<'a> Index<'a> {
    pub fn new(packages: &'a [Package], files: &'a [FileFacts]) -> Self {
        let mut index = Self {
            packages,
            files,
            structs: Vec::new(),
            functions: Vec::new(),
            tables: Vec::new(),
            table_of: HashMap::default(),
            enums: Vec::new(),
            owned: HashMap::default(),
            associated: HashMap::default(),
            names: Vec::new(),
            methods: HashMap::default(),
            scopes: Vec::new(),
            scope_of: HashMap::default(),
            closures: Vec::new(),
            first_files: vec![None; packages.len()],
            known: files.iter().map(|_| RwLock::default()).collect(),
            signatures: Vec::new(),
            fields: Vec::new(),
            kept: files.iter().map(|_| OnceLock::new()).collect(),
            package_of: packages.iter().enumerate().map(|(at, package)| (package.name.as_str(), at)).collect(),
        };
        for (number, file) in files.iter().enumerate() {
            index.add(number, file);
        }
        index.signatures = index.functions.iter().map(|_| OnceLock::new()).collect();
        index.fields = index.structs.iter().map(|_| OnceLock::new()).collect();
        index.closures = index.glob_closures();
        index.names = index.unique_names(index.structs.iter().map(|(file, item)| (*file, &*item.module, &*item.name)));
        index.add_methods();
        index.add_associated();
        index
    }

    fn add(&mut self, number: usize, file: &'a FileFacts) {
        let package = file.package;
        self.scope(package, &file.module);
        if let Some(first) = self.first_files.get_mut(package) {
            first.get_or_insert(number);
        }
        for item in &file.structs {
            let id = self.structs.len();
            self.structs.push((number, item));
            self.name(package, &item.module, &item.name, number, Item::Struct(id));
        }
        for table in &file.tables {
            self.scope(package, &table.inside);
            let scope = self.scope_number(package, &table.inside);
            self.table_of.entry(scope).or_insert(self.tables.len());
            self.tables.push((number, table));
        }
        self.enums.extend(file.enums.iter().map(|item| (number, item)));
        for (module, name) in &file.others {
            self.name(package, module, name, number, Item::Other);
        }
        for (at, alias) in file.aliases.iter().enumerate() {
            self.name(package, &alias.module, &alias.name, number, Item::Alias(number, at));
        }
        for (at, constant) in file.constants.iter().enumerate() {
            match &constant.owner {
                Some(owner) => self.owned.entry((owner, &constant.name)).or_default().push((number, at)),
                None => self.name(package, &constant.module, &constant.name, number, Item::Constant(number, at)),
            }
        }
        for function in &file.functions {
            let id = self.functions.len();
            self.functions.push((number, function));
            if function.owner.is_none() {
                self.name(package, &function.module, &function.name, number, Item::Function(id));
            }
        }
        for brought in &file.uses {
            let scope = self.scope(package, &brought.module);
            match &brought.name {
                Some(name) => scope.uses.entry(name).or_default().push(brought),
                None => scope.globs.push(brought),
            }
        }
    }

    /// The scope of a module, which is made where there is none yet, with its parents.
    fn scope(&mut self, package: usize, module: &'a [Name]) -> &mut Scope<'a> {
        if let Some(known) = self.scope_of.get(&(package, module)) {
            return &mut self.scopes[*known];
        }
        let mut parent = self.scope_number(package, &[]);
        for depth in 1..=module.len() {
            let number = self.scope_number(package, module.get(..depth).unwrap_or_default());
            if let (Some(scope), Some(name)) = (self.scopes.get_mut(parent), module.get(depth - 1)) {
                scope.children.insert(name, number);
            }
            parent = number;
        }
        &mut self.scopes[parent]
    }

    fn scope_number(&mut self, package: usize, module: &'a [Name]) -> usize {
        let next = self.scopes.len();
        let number = *self.scope_of.entry((package, module)).or_insert(next);
        if number == next {
            self.scopes.push(Scope { package, ..Scope::default() });
        }
        number
    }

    fn name(&mut self, package: usize, module: &'a [Name], name: &'a str, file: usize, item: Item) {
        self.scope(package, module).items.entry(name).or_default().push((file, item));
    }

    fn add_methods(&mut self) {
        let mut methods: HashMap<(StructId, &'a str), Vec<FunctionId>> = HashMap::default();
        for (id, (file, function)) in self.functions.iter().enumerate() {
            if let Some(owner) = &function.owner {
                let site = Site { file: *file, module: &function.module, uses: &[] };
                if let Some(strukt) = self.ty(site, &owner.ty, None).bare().strukt {
                    methods.entry((strukt, function.name.as_str())).or_default().push(id);
                }
            }
        }
        self.methods = methods;
    }

    /// Names that are unique in each file, for items by file, module and name: with the inline modules and functions
    /// around them where two share one.
    pub fn unique_names<'m>(&self, items: impl Iterator<Item = (usize, &'m [Name], &'m str)> + Clone) -> Vec<Name> {
        let mut count: HashMap<(usize, &str), usize> = HashMap::default();
        for (file, _, name) in items.clone() {
            *count.entry((file, name)).or_default() += 1;
        }
        let mut used: HashMap<(usize, Name), usize> = HashMap::default();
        let mut names = Vec::new();
        for (file, module, name) in items {
            let inline = self.inline(file, module);
            let shared = count.get(&(file, name)).is_some_and(|count| *count > 1);
            let inside = if shared { blocks::with_functions(inline) } else { String::new() };
            let name = if inside.is_empty() { Name::from(name) } else { format_smolstr!("{inside}::{name}") };
            let again = used.entry((file, name.clone())).or_default();
            *again += 1;
            names.push(if *again > 1 { format!("{name}#{again}").into() } else { name });
        }
        names
    }

    /// The inline modules of a module inside its file.
    fn inline<'m>(&self, file: usize, module: &'m [Name]) -> &'m [Name] {
        let outer = self.files.get(file).map_or(0, |file| file.module.len());
        module.get(outer..).unwrap_or_default()
    }

    pub fn structure(&self, id: StructId) -> Option<&'a StructItem> {
        self.structs.get(id).map(|(_, item)| *item)
    }

    pub fn reference(&self, id: StructId) -> Option<StructRef> {
        let (file, _) = self.structs.get(id)?;
        Some(StructRef { path: self.files.get(*file)?.path.clone(), name: self.names.get(id)?.clone() })
    }

    pub fn function(&self, id: FunctionId) -> Option<(Site<'a>, &'a Function)> {
        let (file, function) = self.functions.get(id)?;
        Some((Site { file: *file, module: &function.module, uses: &[] }, function))
    }

    /// The only method of that name, if there is only one.
    pub fn method(&self, of: StructId, name: &str) -> Option<FunctionId> {
        match self.methods.get(&(of, name)).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            _ => None,
        }
    }

    /// All methods of that name, of all implementations.
    pub fn all_methods(&self, of: StructId, name: &str) -> Vec<FunctionId> {
        self.methods.get(&(of, name)).cloned().unwrap_or_default()
    }

    /// The site inside one of the blocks of its file.
    pub fn block(&self, site: Site<'a>, block: usize) -> Site<'a> {
        let module = self.files.get(site.file).and_then(|file| file.blocks.get(block));
        module.map_or(site, |module| Site { module, ..site })
    }

    pub fn constant(&self, file: usize, at: usize) -> Option<&'a Constant> {
        self.files.get(file)?.constants.get(at)
    }

    fn alias(&self, file: usize, at: usize) -> Option<&'a Alias> {
        self.files.get(file)?.aliases.get(at)
    }
}
