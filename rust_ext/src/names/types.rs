//! Types with their names resolved and their aliases replaced.

use std::cell::Cell;

use super::{Found, Index, Item, Site, StructId};
use crate::ir::{Name, Type};
use crate::model::RustType;

/// Aliases that one type may go through, and parts that their arguments may have: more is a circle, or a puzzle.
const MOST_ALIASES: usize = 64;
const MOST_PARTS: usize = 200;

/// A type with its names resolved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ty {
    pub name: Name,
    pub arguments: Vec<Ty>,
    pub strukt: Option<StructId>,
    pub text: Name,
}

impl Ty {
    pub fn of(name: &str, arguments: Vec<Ty>) -> Self {
        // Code can double a type line by line: `let a = (a, a);`.
        let arguments = if parts(&arguments) > MOST_PARTS { Vec::new() } else { arguments };
        Self { name: name.into(), arguments, ..Self::default() }
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

impl<'a> Index<'a> {
    /// The type with its names resolved and its aliases replaced. `own` is what `Self` means.
    pub fn ty(&self, site: Site<'a>, ty: &Type, own: Option<&Ty>) -> Ty {
        self.typed(site, ty, own, &[], &Cell::new(MOST_ALIASES))
    }

    /// `Self::Entity`, where one implementation says what it is.
    fn of_own(&self, ty: &Type, own: Option<&Ty>, left: &Cell<usize>) -> Option<Ty> {
        let [first, name] = ty.segments.as_slice() else {
            return None;
        };
        let own = own.filter(|_| first == "Self" && left.get() > 0)?;
        let (file, alias) = self.associated(own.strukt?, name)?;
        left.set(left.get() - 1);
        let site = Site { file, module: &alias.module, uses: &[] };
        Some(Ty { text: ty.text.clone(), ..self.typed(site, &alias.ty, Some(own), &[], left) })
    }

    fn typed(&self, site: Site<'a>, ty: &Type, own: Option<&Ty>, given: &[(&str, Ty)], left: &Cell<usize>) -> Ty {
        let last = ty.segments.last().map_or("", Name::as_str);
        if let [only] = ty.segments.as_slice() {
            if let Some((_, replaced)) = given.iter().find(|(name, _)| name == only) {
                return replaced.clone();
            }
            if let (true, Some(own)) = (only == "Self", own) {
                return Ty { text: ty.text.clone(), ..own.clone() };
            }
        }
        if let Some(named) = self.of_own(ty, own, left) {
            return named;
        }
        let arguments: Vec<Ty> =
            ty.arguments.iter().map(|argument| self.typed(site, argument, own, given, left)).collect();
        let size = parts(&arguments);
        let plain = |name: &str, strukt, arguments| Ty { name: name.into(), arguments, strukt, text: ty.text.clone() };
        match &*self.find(site, &ty.segments) {
            Found::Item(Item::Struct(id)) => {
                plain(self.structure(*id).map_or(last, |item| &item.name), Some(*id), arguments)
            }
            Found::Item(Item::Alias(file, at)) if left.get() > 0 && size <= MOST_PARTS => {
                left.set(left.get() - 1);
                let Some(alias) = self.alias(*file, *at) else {
                    return plain(last, None, arguments);
                };
                let parameters = alias.parameters.iter().map(Name::as_str);
                let given: Vec<(&str, Ty)> = parameters.zip(arguments).collect();
                let site = Site { file: *file, module: &alias.module, uses: &[] };
                let target = self.typed(site, &alias.ty, None, &given, left);
                Ty { text: ty.text.clone(), ..target }
            }
            // diesel's alias: a `Result` of one argument.
            Found::External(path) if path.last().is_some_and(|last| last == "QueryResult") && arguments.len() == 1 => {
                plain("Result", None, arguments)
            }
            Found::External(path) => plain(path.last().map_or(last, Name::as_str), None, arguments),
            _ => plain(last, None, arguments),
        }
    }
}

fn parts(types: &[Ty]) -> usize {
    types.iter().map(|ty| 1 + parts(&ty.arguments)).sum()
}
