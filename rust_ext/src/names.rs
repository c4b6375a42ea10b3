//! Names across modules and packages: items, `use` with renames and globs, re-exports, type aliases.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::RwLock;

use crate::ir::{Alias, Constant, FileFacts, Function, StructItem, Type, Use};
use crate::model::{RustType, StructRef};
use crate::modules::Package;

/// Positions in the index.
pub type StructId = usize;
pub type FunctionId = usize;

const DEEPEST_ALIAS: usize = 16;

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
    Member(Item, Vec<String>),
    /// Something outside of these packages, by its full path as far as `use` tells it.
    External(Vec<String>),
}

/// Where a name is written.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    pub file: usize,
    pub module: &'a [String],
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

/// A type with its names resolved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ty {
    pub name: String,
    pub arguments: Vec<Ty>,
    pub strukt: Option<StructId>,
    pub text: String,
}

impl Ty {
    pub fn of(name: &str, arguments: Vec<Ty>) -> Self {
        Self { name: name.to_owned(), arguments, ..Self::default() }
    }

    /// The type under references and owning pointers.
    pub fn bare(&self) -> &Self {
        match (self.name.as_str(), self.arguments.first()) {
            ("&" | "&mut" | "Box" | "Arc" | "Rc" | "Cow", Some(inner)) => inner.bare(),
            _ => self,
        }
    }

    pub fn model(&self) -> RustType {
        RustType {
            path: self.name.clone(),
            arguments: self.arguments.iter().map(Self::model).collect(),
            text: self.text.clone(),
        }
    }

    /// Every struct in the type, outermost first.
    pub fn structs(&self, found: &mut Vec<StructId>) {
        found.extend(self.strukt);
        for argument in &self.arguments {
            argument.structs(found);
        }
    }
}

pub struct Index<'a> {
    pub packages: &'a [Package],
    pub files: &'a [FileFacts],
    /// File and position in it of every struct and function.
    pub structs: Vec<(usize, &'a StructItem)>,
    pub functions: Vec<(usize, &'a Function)>,
    names: Vec<String>,
    methods: HashMap<(StructId, &'a str), Vec<FunctionId>>,
    scopes: Vec<Scope<'a>>,
    scope_of: HashMap<(usize, &'a [String]), usize>,
    closures: Vec<Vec<usize>>,
    first_files: Vec<Option<usize>>,
    package_of: HashMap<&'a str, usize>,
    /// What was found already. Most names are asked for again and again.
    known: RwLock<HashMap<Question, Found>>,
}

/// A name as it is asked for: file, address and length of the module's path, path. Module paths live as long as the
/// index, so that their addresses tell them apart.
type Question = (usize, usize, usize, Vec<String>);

/// Longer chains of `use` are circles.
const LONGEST_CHAIN: usize = 32;

impl<'a> Index<'a> {
    pub fn new(packages: &'a [Package], files: &'a [FileFacts]) -> Self {
        let mut index = Self {
            packages,
            files,
            structs: Vec::new(),
            functions: Vec::new(),
            names: Vec::new(),
            methods: HashMap::new(),
            scopes: Vec::new(),
            scope_of: HashMap::new(),
            closures: Vec::new(),
            first_files: vec![None; packages.len()],
            known: RwLock::default(),
            package_of: packages.iter().enumerate().map(|(at, package)| (package.name.as_str(), at)).collect(),
        };
        for (number, file) in files.iter().enumerate() {
            index.add(number, file);
        }
        index.closures = index.glob_closures();
        index.names = index.unique_names();
        index.add_methods();
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
        for (module, name) in &file.others {
            self.name(package, module, name, number, Item::Other);
        }
        for (at, alias) in file.aliases.iter().enumerate() {
            self.name(package, &alias.module, &alias.name, number, Item::Alias(number, at));
        }
        for (at, constant) in file.constants.iter().enumerate() {
            self.name(package, &constant.module, &constant.name, number, Item::Constant(number, at));
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
    fn scope(&mut self, package: usize, module: &'a [String]) -> &mut Scope<'a> {
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

    fn scope_number(&mut self, package: usize, module: &'a [String]) -> usize {
        let next = self.scopes.len();
        let number = *self.scope_of.entry((package, module)).or_insert(next);
        if number == next {
            self.scopes.push(Scope { package, ..Scope::default() });
        }
        number
    }

    fn name(&mut self, package: usize, module: &'a [String], name: &'a str, file: usize, item: Item) {
        self.scope(package, module).items.entry(name).or_default().push((file, item));
    }

    fn add_methods(&mut self) {
        let mut methods: HashMap<(StructId, &'a str), Vec<FunctionId>> = HashMap::new();
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

    /// Names that are unique in each file: with the inline modules where two structs share one.
    fn unique_names(&self) -> Vec<String> {
        let mut count: HashMap<(usize, &str), usize> = HashMap::new();
        for (file, item) in &self.structs {
            *count.entry((*file, &item.name)).or_default() += 1;
        }
        let mut used: HashMap<(usize, String), usize> = HashMap::new();
        let mut names = Vec::new();
        for (file, item) in &self.structs {
            let inline = self.inline(*file, &item.module);
            let shared = count.get(&(*file, item.name.as_str())).is_some_and(|count| *count > 1);
            let name = match (shared, inline.is_empty()) {
                (true, false) => format!("{}::{}", inline.join("::"), item.name),
                _ => item.name.clone(),
            };
            let again = used.entry((*file, name.clone())).or_default();
            *again += 1;
            names.push(if *again > 1 { format!("{name}#{again}") } else { name });
        }
        names
    }

    /// The inline modules of a module inside its file.
    fn inline<'m>(&self, file: usize, module: &'m [String]) -> &'m [String] {
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
        Some((Site { file: *file, module: &function.module, uses: &function.uses }, function))
    }

    /// The only method of that name, if there is only one.
    pub fn method(&self, of: StructId, name: &str) -> Option<FunctionId> {
        match self.methods.get(&(of, name)).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            _ => None,
        }
    }

    pub fn constant(&self, file: usize, at: usize) -> Option<&'a Constant> {
        self.files.get(file)?.constants.get(at)
    }

    fn alias(&self, file: usize, at: usize) -> Option<&'a Alias> {
        self.files.get(file)?.aliases.get(at)
    }

    /// What the path means where it is written.
    pub fn find(&self, site: Site<'a>, path: &[String]) -> Found {
        if !site.uses.is_empty() {
            return self.search(site, path);
        }
        let question = (site.file, site.module.as_ptr().addr(), site.module.len(), path.to_vec());
        if let Some(found) = self.known.read().ok().and_then(|known| known.get(&question).cloned()) {
            return found;
        }
        let found = self.search(site, path);
        if let Ok(mut known) = self.known.write() {
            known.insert(question, found.clone());
        }
        found
    }

    fn search(&self, site: Site, path: &[String]) -> Found {
        self.lookup(site, path, 0).unwrap_or_else(|| Found::External(path.to_vec()))
    }

    fn lookup(&self, site: Site, path: &[String], depth: usize) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        let package = self.files.get(site.file)?.package;
        match first.as_str() {
            "crate" => self.within(site.file, self.scope_at(package, &[])?, rest, depth),
            "self" => self.within(site.file, self.scope_at(package, site.module)?, rest, depth),
            "super" => {
                let (_, parent) = site.module.split_last()?;
                if rest.first().is_some_and(|next| next == "super") {
                    return self.lookup(Site { module: parent, uses: &[], ..site }, rest, depth);
                }
                self.within(site.file, self.scope_at(package, parent)?, rest, depth)
            }
            _ => self.relative(site, package, path, depth),
        }
    }

    /// A path that begins with a name: of a `use` in the function, of the module, or of another package.
    fn relative(&self, site: Site, package: usize, path: &[String], depth: usize) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        let bare = Site { uses: &[], ..site };
        if let Some(brought) = site.uses.iter().find(|brought| brought.name.as_ref() == Some(first)) {
            return self.through(bare, brought, rest, depth);
        }
        for glob in site.uses.iter().filter(|brought| brought.name.is_none()) {
            let target: Vec<String> = glob.target.iter().chain(path).cloned().collect();
            if let Some(found) = self.lookup(bare, &target, depth + 1) {
                return Some(found);
            }
        }
        let here = self.scope_at(package, site.module).and_then(|scope| self.within(site.file, scope, path, depth));
        here.or_else(|| self.within(site.file, self.dependency(package, first)?, rest, depth))
    }

    /// The root of another package, by its name in the code of this one.
    fn dependency(&self, package: usize, name: &str) -> Option<usize> {
        let dependencies = &self.packages.get(package)?.dependencies;
        let (_, package) = dependencies.iter().find(|(known, _)| known == name)?;
        self.scope_at(*self.package_of.get(package.as_str())?, &[])
    }

    fn scope_at(&self, package: usize, module: &[String]) -> Option<usize> {
        self.scope_of.get(&(package, module)).copied()
    }

    /// A path below a module: what the module has itself, then what globs bring into it.
    fn within(&self, file: usize, scope: usize, path: &[String], depth: usize) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        let globs = self.closures.get(scope).map(Vec::as_slice).unwrap_or_default();
        let mut scopes = std::iter::once(&scope).chain(globs);
        scopes.find_map(|scope| self.direct(file, *scope, first, rest, depth))
    }

    /// A path below a module, without its globs.
    fn direct(&self, file: usize, scope: usize, first: &str, rest: &[String], depth: usize) -> Option<Found> {
        let scope = self.scopes.get(scope)?;
        if !rest.is_empty() {
            let child = scope.children.get(first);
            if let Some(found) = child.and_then(|child| self.within(file, *child, rest, depth)) {
                return Some(found);
            }
        }
        if let Some(item) = chosen(scope.items.get(first), file) {
            return Some(if rest.is_empty() { Found::Item(item) } else { Found::Member(item, rest.to_vec()) });
        }
        let brought = *scope.uses.get(first)?.first()?;
        // `use sqlx;` says nothing that the name does not.
        if brought.target.len() == 1 && brought.target.first().is_some_and(|only| only == first) {
            return None;
        }
        self.through(self.site_of(scope.package, &brought.module, file)?, brought, rest, depth)
    }

    /// What a `use` leads to: the path itself, where nothing of ours stands behind it.
    fn through(&self, site: Site, brought: &Use, rest: &[String], depth: usize) -> Option<Found> {
        let target: Vec<String> = brought.target.iter().chain(rest).cloned().collect();
        let found = if depth < LONGEST_CHAIN { self.lookup(site, &target, depth + 1) } else { None };
        found.or(Some(Found::External(target)))
    }

    /// A site in a module of a package; the file decides between items of one name.
    fn site_of<'s>(&self, package: usize, module: &'s [String], file: usize) -> Option<Site<'s>> {
        let same = self.files.get(file).is_some_and(|facts| facts.package == package);
        let file = if same { file } else { *self.first_files.get(package)?.as_ref()? };
        Some(Site { file, module, uses: &[] })
    }

    /// For every module, the modules whose names globs bring into it, the nearest first.
    fn glob_closures(&self) -> Vec<Vec<usize>> {
        let targets = |scope: &Scope| -> Vec<usize> {
            let modules = scope.globs.iter().map(|glob| self.module(scope.package, &glob.module, &glob.target, 0));
            modules.flatten().collect()
        };
        let direct: Vec<Vec<usize>> = self.scopes.iter().map(targets).collect();
        let closure = |start: usize| {
            let mut found: Vec<usize> = Vec::new();
            let mut seen: HashSet<usize> = HashSet::from([start]);
            let mut pending: VecDeque<usize> = VecDeque::from([start]);
            while let Some(scope) = pending.pop_front() {
                for target in direct.get(scope).into_iter().flatten() {
                    if seen.insert(*target) {
                        found.push(*target);
                        pending.push_back(*target);
                    }
                }
            }
            found
        };
        (0..direct.len()).map(closure).collect()
    }

    /// The module that a path in a `use` names.
    fn module(&self, package: usize, from: &[String], path: &[String], depth: usize) -> Option<usize> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.descend(self.scope_at(package, &[])?, rest, depth),
            "self" => self.descend(self.scope_at(package, from)?, rest, depth),
            "super" => {
                let (_, parent) = from.split_last()?;
                match rest.first() {
                    Some(next) if next == "super" => self.module(package, parent, rest, depth),
                    _ => self.descend(self.scope_at(package, parent)?, rest, depth),
                }
            }
            _ => {
                let here = self.scope_at(package, from).and_then(|scope| self.descend(scope, path, depth));
                here.or_else(|| self.descend(self.dependency(package, first)?, rest, depth))
            }
        }
    }

    fn descend(&self, scope: usize, path: &[String], depth: usize) -> Option<usize> {
        let Some((first, rest)) = path.split_first() else {
            return Some(scope);
        };
        let here = self.scopes.get(scope)?;
        if let Some(child) = here.children.get(first.as_str()) {
            return self.descend(*child, rest, depth);
        }
        let brought = *here.uses.get(first.as_str())?.first()?;
        if depth >= LONGEST_CHAIN {
            return None;
        }
        let target: Vec<String> = brought.target.iter().chain(rest).cloned().collect();
        self.module(here.package, &brought.module, &target, depth + 1)
    }

    /// The type with its names resolved and its aliases replaced. `own` is what `Self` means.
    pub fn ty(&self, site: Site<'a>, ty: &Type, own: Option<&Ty>) -> Ty {
        self.typed(site, ty, own, &[], 0)
    }

    fn typed(&self, site: Site<'a>, ty: &Type, own: Option<&Ty>, given: &[(&str, Ty)], depth: usize) -> Ty {
        let last = ty.segments.last().map_or("", String::as_str);
        if let [only] = ty.segments.as_slice() {
            if let Some((_, replaced)) = given.iter().find(|(name, _)| name == only) {
                return replaced.clone();
            }
            if let (true, Some(own)) = (only == "Self", own) {
                return Ty { text: ty.text.clone(), ..own.clone() };
            }
        }
        let arguments: Vec<Ty> =
            ty.arguments.iter().map(|argument| self.typed(site, argument, own, given, depth)).collect();
        let plain = |name: &str, strukt| Ty {
            name: name.to_owned(),
            arguments: arguments.clone(),
            strukt,
            text: ty.text.clone(),
        };
        match self.find(site, &ty.segments) {
            Found::Item(Item::Struct(id)) => plain(self.structure(id).map_or(last, |item| &item.name), Some(id)),
            Found::Item(Item::Alias(file, at)) if depth < DEEPEST_ALIAS => {
                let Some(alias) = self.alias(file, at) else {
                    return plain(last, None);
                };
                let parameters = alias.parameters.iter().map(String::as_str);
                let given: Vec<(&str, Ty)> = parameters.zip(arguments.iter().cloned()).collect();
                let site = Site { file, module: &alias.module, uses: &[] };
                let target = self.typed(site, &alias.ty, None, &given, depth + 1);
                Ty { text: ty.text.clone(), ..target }
            }
            Found::External(path) => plain(path.last().map_or(last, String::as_str), None),
            _ => plain(last, None),
        }
    }
}

/// Of items with one name (several binaries, `cfg` variants): that of the same file, else the first.
fn chosen(items: Option<&Vec<(usize, Item)>>, file: usize) -> Option<Item> {
    let items = items?;
    let same = items.iter().find(|(other, _)| *other == file);
    same.or(items.first()).map(|(_, item)| *item)
}
