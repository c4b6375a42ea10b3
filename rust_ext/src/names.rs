//! Names across modules and packages: items, `use` with renames and globs, re-exports, type aliases.

use std::collections::{HashMap, HashSet};

use crate::ir::{Alias, Constant, FileFacts, Function, ModulePath, StructItem, Type, Use};
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

#[derive(Default)]
struct Scope<'a> {
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
    scopes: HashMap<(usize, &'a [String]), Scope<'a>>,
    package_of: HashMap<&'a str, usize>,
}

type Visiting = HashSet<(usize, ModulePath, String)>;

impl<'a> Index<'a> {
    pub fn new(packages: &'a [Package], files: &'a [FileFacts]) -> Self {
        let mut index = Self {
            packages,
            files,
            structs: Vec::new(),
            functions: Vec::new(),
            names: Vec::new(),
            methods: HashMap::new(),
            scopes: HashMap::new(),
            package_of: packages.iter().enumerate().map(|(at, package)| (package.name.as_str(), at)).collect(),
        };
        for (number, file) in files.iter().enumerate() {
            index.add(number, file);
        }
        index.names = index.unique_names();
        index.add_methods();
        index
    }

    fn add(&mut self, number: usize, file: &'a FileFacts) {
        let package = file.package;
        self.scopes.entry((package, &file.module)).or_default();
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
            let scope = self.scopes.entry((package, &brought.module)).or_default();
            match &brought.name {
                Some(name) => scope.uses.entry(name).or_default().push(brought),
                None => scope.globs.push(brought),
            }
        }
    }

    fn name(&mut self, package: usize, module: &'a [String], name: &'a str, file: usize, item: Item) {
        for depth in 0..module.len() {
            self.scopes.entry((package, module.get(..depth).unwrap_or_default())).or_default();
        }
        let scope = self.scopes.entry((package, module)).or_default();
        scope.items.entry(name).or_default().push((file, item));
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
    pub fn find(&self, site: Site, path: &[String]) -> Found {
        let mut visiting = Visiting::new();
        self.lookup(site, path, &mut visiting).unwrap_or_else(|| Found::External(path.to_vec()))
    }

    fn lookup(&self, site: Site, path: &[String], visiting: &mut Visiting) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        let package = self.files.get(site.file)?.package;
        match first.as_str() {
            "crate" => self.within(site.file, package, &[], rest, visiting),
            "self" => self.within(site.file, package, site.module, rest, visiting),
            "super" => {
                let (_, parent) = site.module.split_last()?;
                if rest.first().is_some_and(|next| next == "super") {
                    return self.lookup(Site { module: parent, uses: &[], ..site }, rest, visiting);
                }
                self.within(site.file, package, parent, rest, visiting)
            }
            _ => {
                let local = site.uses.iter().find(|brought| brought.name.as_ref() == Some(first));
                if let Some(brought) = local {
                    let target: Vec<String> = brought.target.iter().chain(rest).cloned().collect();
                    return self.resolved(Site { uses: &[], ..site }, target, visiting);
                }
                let globs = site.uses.iter().filter(|brought| brought.name.is_none());
                for glob in globs {
                    let target: Vec<String> = glob.target.iter().chain(path).cloned().collect();
                    let found = self.lookup(Site { uses: &[], ..site }, &target, visiting);
                    if let Some(found @ (Found::Item(_) | Found::Member(..))) = found {
                        return Some(found);
                    }
                }
                self.within(site.file, package, site.module, path, visiting)
                    .or_else(|| self.dependency(site.file, package, first, rest, visiting))
            }
        }
    }

    fn resolved(&self, site: Site, target: Vec<String>, visiting: &mut Visiting) -> Option<Found> {
        // `use x::Y as Y` and the like: the path itself, where nothing of ours stands behind it.
        self.lookup(site, &target, visiting).or(Some(Found::External(target)))
    }

    fn dependency(
        &self,
        file: usize,
        package: usize,
        first: &str,
        rest: &[String],
        visiting: &mut Visiting,
    ) -> Option<Found> {
        let dependencies = &self.packages.get(package)?.dependencies;
        let (_, name) = dependencies.iter().find(|(name, _)| name == first)?;
        let target = *self.package_of.get(name.as_str())?;
        self.within(file, target, &[], rest, visiting)
    }

    /// A path below a module.
    fn within(
        &self,
        file: usize,
        package: usize,
        module: &[String],
        path: &[String],
        visiting: &mut Visiting,
    ) -> Option<Found> {
        let (first, rest) = path.split_first()?;
        let step = (package, module.to_vec(), path.join("::"));
        // A step that was tried has failed already, or leads back here.
        if !visiting.insert(step) {
            return None;
        }
        self.inside(file, package, module, first, rest, visiting)
    }

    fn inside(
        &self,
        file: usize,
        package: usize,
        module: &[String],
        first: &str,
        rest: &[String],
        visiting: &mut Visiting,
    ) -> Option<Found> {
        let scope = self.scopes.get(&(package, module))?;
        if !rest.is_empty() {
            let child: ModulePath = module.iter().cloned().chain([first.to_owned()]).collect();
            if self.scopes.contains_key(&(package, child.as_slice())) {
                if let Some(found) = self.within(file, package, &child, rest, visiting) {
                    return Some(found);
                }
            }
        }
        if let Some(item) = chosen(scope.items.get(first), file) {
            return Some(if rest.is_empty() { Found::Item(item) } else { Found::Member(item, rest.to_vec()) });
        }
        for brought in scope.uses.get(first).into_iter().flatten() {
            let target: Vec<String> = brought.target.iter().chain(rest).cloned().collect();
            let site = self.site_of(package, &brought.module, file)?;
            if target.first().map(String::as_str) == Some(first) && brought.target.len() == 1 {
                continue;
            }
            return self.resolved(site, target, visiting);
        }
        self.through_globs(file, package, scope, first, rest, visiting)
    }

    fn through_globs(
        &self,
        file: usize,
        package: usize,
        scope: &Scope,
        first: &str,
        rest: &[String],
        visiting: &mut Visiting,
    ) -> Option<Found> {
        for glob in &scope.globs {
            let own = [first.to_owned()];
            let target: Vec<String> = glob.target.iter().chain(&own).chain(rest).cloned().collect();
            let site = self.site_of(package, &glob.module, file)?;
            if let Some(found @ (Found::Item(_) | Found::Member(..))) = self.lookup(site, &target, visiting) {
                return Some(found);
            }
        }
        None
    }

    /// A site in a module of a package; the file decides between items of one name.
    fn site_of<'s>(&self, package: usize, module: &'s [String], file: usize) -> Option<Site<'s>> {
        let same = self.files.get(file).is_some_and(|facts| facts.package == package);
        let other = || self.files.iter().position(|facts| facts.package == package);
        Some(Site { file: if same { file } else { other()? }, module, uses: &[] })
    }

    /// The type with its names resolved and its aliases replaced. `own` is what `Self` means.
    pub fn ty(&self, site: Site, ty: &Type, own: Option<&Ty>) -> Ty {
        self.typed(site, ty, own, &[], 0)
    }

    fn typed(&self, site: Site, ty: &Type, own: Option<&Ty>, given: &[(&str, Ty)], depth: usize) -> Ty {
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
