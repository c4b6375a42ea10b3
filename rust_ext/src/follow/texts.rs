//! Texts: constants, included files, and what is joined or formatted of them.

use std::sync::Arc;

use super::{Follower, PlacedText, Value};
use crate::ir::{Expr, Name, Place, Text};
use crate::names::{Found, Item, Site, Ty};
use crate::{paths, statements, templates};

const DEEPEST_CONSTANT: usize = 8;

/// Why a text is not known.
pub(super) const FORMATTED: &str = "the SQL is built at run time by `format!`";
pub(super) const JOINED: &str = "the SQL is built at run time by joining texts";
pub(super) const CHANGED: &str = "the SQL is built at run time in a variable that changes";
const SEVERAL: &str = "several statements stand in one text, and PostgreSQL prepares one at a time";
pub(super) const PASSED: &str = "the SQL is passed in by the caller";

/// A value that is this text.
pub(super) fn of_text(text: PlacedText) -> Value {
    Value { text: Some(text), ..Value::of(Ty::of("&", vec![Ty::of("str", Vec::new())])) }
}

/// A text that the source does not hold.
pub(super) fn unknown_text(reason: &'static str) -> Value {
    Value { built: Some(reason), ..Value::of(Ty::of("String", Vec::new())) }
}

impl Value {
    /// The text as one that PostgreSQL can prepare: not several statements.
    pub(super) fn single(mut self) -> Self {
        if self.text.as_ref().is_some_and(|text| !statements::is_single(&text.text.value)) {
            self.text = None;
            self.built = Some(SEVERAL);
        }
        self
    }

    /// `to_string()` of a text.
    pub(super) fn as_string(&self) -> Option<Self> {
        let known = self.text.is_some() || self.built.is_some();
        known.then(|| Value {
            text: self.text.clone(),
            also: self.also.clone(),
            built: self.built,
            ..Value::of(Ty::of("String", Vec::new()))
        })
    }
}

impl<'a> Follower<'a> {
    /// `format!`: known where everything that is put in is a known text.
    pub(super) fn formatted(&mut self, template: &Text, arguments: &[(Option<Name>, Expr)]) -> Value {
        let values: Vec<Option<PlacedText>> =
            arguments.iter().map(|(_, argument)| self.value(argument, None).only_text()).collect();
        let named = |name: &str| self.named(&[name.into()]).only_text();
        let names = arguments.iter().map(|(name, _)| name.as_deref()).zip(values);
        let text = compose(&self.path(), template, names.collect(), named);
        text.map_or_else(|| unknown_text(FORMATTED), of_text)
    }

    /// `a + b`: a text where the first part is one.
    pub(super) fn joined(&mut self, parts: &[Expr], place: Place) -> Value {
        let values: Vec<Value> = parts.iter().map(|part| self.value(part, None)).collect();
        if !values.iter().any(|value| value.text.is_some() || value.built.is_some()) {
            return Value::default();
        }
        let texts: Option<Vec<PlacedText>> = values.into_iter().map(Value::only_text).collect();
        let joined = texts.map(|texts| join(&self.path(), texts, place));
        joined.map_or_else(|| unknown_text(JOINED), of_text)
    }

    /// The text of the constant that a path names.
    pub(super) fn constant(&self, site: Site<'a>, segments: &[Name], depth: usize) -> Option<PlacedText> {
        let (file, at) = match &*self.index.find(site, segments) {
            Found::Item(Item::Constant(file, at)) => (*file, *at),
            // `Self::SQL`, `Queries::LIST`
            Found::Member(..) => self.owned_constant(site, segments)?,
            Found::External(path) if path.len() > 1 => self.owned_constant(site, segments)?,
            _ => return None,
        };
        let constant = self.index.constant(file, at)?;
        let site = Site { file, module: &constant.module, uses: &[] };
        let owner = constant.owner.as_deref();
        self.text_of(site, owner, &constant.value, depth)
    }

    fn owned_constant(&self, site: Site<'a>, segments: &[Name]) -> Option<(usize, usize)> {
        let [.., owner, name] = segments else {
            return None;
        };
        let owner = match &self.signature.own {
            Some(own) if owner == "Self" => own.name.clone(),
            _ => {
                let path = segments.get(..segments.len() - 1)?.to_vec();
                self.index.ty(site, &crate::ir::Type { segments: path, ..Default::default() }, None).name
            }
        };
        self.index.owned_constant(site.file, &owner, name)
    }

    fn text_of(&self, site: Site<'a>, owner: Option<&str>, value: &Expr, depth: usize) -> Option<PlacedText> {
        if depth >= DEEPEST_CONSTANT {
            return None;
        }
        let path = self.index.files.get(site.file)?.path.clone();
        match value {
            Expr::Same(inner) => self.text_of(site, owner, inner, depth),
            Expr::Text(text) => Some(PlacedText { path, text: text.clone() }),
            Expr::IncludedText(included) => self.read_text(&paths::join(paths::folder(&path), included)),
            Expr::Path { segments, .. } => self.constant_from(site, owner, segments, depth + 1),
            Expr::Joined(parts, place) => {
                let texts = parts.iter().map(|part| self.text_of(site, owner, part, depth + 1));
                Some(join(&path, texts.collect::<Option<Vec<_>>>()?, *place))
            }
            Expr::Format(template, arguments) => {
                let named = |name: &str| self.constant_from(site, owner, &[name.into()], depth + 1);
                let given = arguments
                    .iter()
                    .map(|(name, value)| (name.as_deref(), self.text_of(site, owner, value, depth + 1)));
                compose(&path, template, given.collect(), named)
            }
            _ => None,
        }
    }

    /// A constant that another one names; `Self` is the type that holds it.
    fn constant_from(
        &self,
        site: Site<'a>,
        owner: Option<&str>,
        segments: &[Name],
        depth: usize,
    ) -> Option<PlacedText> {
        match (segments, owner) {
            ([first, name], Some(owner)) if first == "Self" => {
                let (file, at) = self.index.owned_constant(site.file, owner, name)?;
                let constant = self.index.constant(file, at)?;
                let site = Site { file, module: &constant.module, uses: &[] };
                self.text_of(site, Some(owner), &constant.value, depth)
            }
            _ => self.constant(site, segments, depth),
        }
    }
}

/// Texts one after the other. Those of other files are placed where they are put in.
fn join(path: &Arc<str>, texts: Vec<PlacedText>, place: Place) -> PlacedText {
    let mut joined = templates::Joined::default();
    for text in texts {
        if text.path == *path {
            joined.text(&text.text);
        } else {
            joined.placed(&text.text.value, (place.line, place.column));
        }
    }
    PlacedText { path: Arc::clone(path), text: joined.finish(place) }
}

/// The template with its holes filled, `None` where one cannot be.
fn compose(
    path: &Arc<str>,
    template: &Text,
    given: Vec<(Option<&str>, Option<PlacedText>)>,
    named: impl Fn(&str) -> Option<PlacedText>,
) -> Option<PlacedText> {
    let mut joined = templates::Joined::default();
    let mut next = 0;
    for piece in templates::pieces(&template.value)? {
        match piece {
            templates::Piece::Text { start, text } => joined.part(template, start, &text),
            templates::Piece::Hole { start, name } => {
                let filled = match name.parse::<usize>() {
                    _ if name.is_empty() => {
                        next += 1;
                        given.get(next - 1)?.1.clone()
                    }
                    Ok(index) => given.get(index)?.1.clone(),
                    Err(_) => match given.iter().find(|(known, _)| *known == Some(name.as_str())) {
                        Some((_, text)) => text.clone(),
                        None => named(&name),
                    },
                };
                joined.placed(&filled?.text.value, templates::place_at(template, start));
            }
        }
    }
    Some(PlacedText { path: Arc::clone(path), text: joined.finish(template.place) })
}
