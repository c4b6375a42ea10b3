//! From filled fields to the row fields behind them, also through structs in between.

use std::collections::{HashMap, HashSet};

use crate::follow::{Fill, Followed, Origin};
use crate::handlers::Handler;
use crate::ir::Name;
use crate::model::{FieldFlow, LostFlow};
use crate::names::{Index, StructId};

/// Structs that a value may pass on its way; more is a cycle or nothing that a person would follow.
const LONGEST_WAY: usize = 8;

/// Derives whose structs are read from rows.
const ROW_DERIVES: [&str; 9] = [
    "FromRow",
    "Queryable",
    "QueryableByName",
    "Selectable",
    "HasQuery",
    "FromQueryResult",
    "DeriveEntityModel",
    "DeriveModel",
    "DerivePartialModel",
];

pub fn flows(index: &Index, followed: &Followed, handlers: &[Handler]) -> (Vec<FieldFlow>, Vec<LostFlow>) {
    let ways = Ways::new(index, followed);
    let inputs = reached(index, handlers.iter().flat_map(|handler| handler.inputs.iter().copied()));
    let outputs = reached(index, handlers.iter().flat_map(|handler| handler.outputs.iter().copied()));
    let mut flows = Vec::new();
    let mut lost = Vec::new();
    for fill in &followed.fills {
        let payload = outputs.contains(&fill.target) || inputs.contains(&fill.target);
        if ways.is_row(fill.target) || !(payload || is_serialised(index, fill.target)) {
            continue;
        }
        let found = ways.flows(fill);
        if found.is_empty() && payload && !holds_payload(index, fill.target, &fill.field) {
            lost.extend(ways.lost(fill));
        }
        flows.extend(found);
    }
    lost.extend(unfilled(index, followed, &ways, &inputs, &outputs));
    (flows, lost)
}

fn is_serialised(index: &Index, strukt: StructId) -> bool {
    let derives = index.structure(strukt).map(|item| item.derives.as_slice()).unwrap_or_default();
    derives.iter().any(|derive| derive == "Serialize" || derive == "Deserialize")
}

/// The structs and those in their fields.
fn reached(index: &Index, start: impl Iterator<Item = StructId>) -> HashSet<StructId> {
    let mut found: HashSet<StructId> = HashSet::new();
    let mut pending: Vec<StructId> = start.collect();
    while let Some(strukt) = pending.pop() {
        if found.insert(strukt) {
            if let Some(item) = index.structure(strukt) {
                for field in &item.fields {
                    pending.extend(structs_of(index, strukt, &field.name));
                }
            }
        }
    }
    found
}

/// The structs in a field's type.
fn structs_of(index: &Index, strukt: StructId, field: &str) -> Vec<StructId> {
    let mut found = Vec::new();
    if let Some(ty) = index.field_type(strukt, field) {
        ty.structs(&mut found);
    }
    found
}

/// Whether a field holds structs with named fields, which are followed on their own.
fn holds_payload(index: &Index, strukt: StructId, field: &str) -> bool {
    let structs = structs_of(index, strukt, field);
    structs.iter().any(|id| index.structure(*id).is_some_and(|item| !item.tuple))
}

struct Ways<'a> {
    index: &'a Index<'a>,
    rows: HashSet<StructId>,
    fills: HashMap<(StructId, &'a str), Vec<&'a Fill>>,
}

impl<'a> Ways<'a> {
    fn new(index: &'a Index<'a>, followed: &'a Followed) -> Self {
        let mut rows: HashSet<StructId> = followed.targets.iter().copied().collect();
        for (id, (_, item)) in index.structs.iter().enumerate() {
            if item.derives.iter().any(|derive| ROW_DERIVES.contains(&derive.as_str())) {
                rows.insert(id);
            }
        }
        let mut fills: HashMap<(StructId, &str), Vec<&Fill>> = HashMap::new();
        for fill in &followed.fills {
            fills.entry((fill.target, fill.field.as_str())).or_default().push(fill);
        }
        Self { index, rows, fills }
    }

    fn is_row(&self, strukt: StructId) -> bool {
        self.rows.contains(&strukt)
    }

    /// The row fields behind a filled field.
    fn flows(&self, fill: &Fill) -> Vec<FieldFlow> {
        let Some(origin) = &fill.origin else {
            return Vec::new();
        };
        let mut origins = Vec::new();
        self.trace(origin, &mut HashSet::new(), 0, &mut origins);
        let flow = |origin: Origin| {
            Some(FieldFlow {
                span: fill.span.clone(),
                payload: self.index.reference(fill.target)?,
                field: fill.field.clone(),
                row: self.index.reference(origin.owner)?,
                row_field: origin.field,
                casts: origin.casts,
                function: fill.function.clone(),
            })
        };
        origins.into_iter().filter_map(flow).collect()
    }

    /// Adds the row fields that a value may come from, with all casts on the way.
    fn trace(&self, origin: &Origin, passed: &mut HashSet<(StructId, Name)>, depth: usize, found: &mut Vec<Origin>) {
        if self.is_row(origin.owner) {
            found.push(origin.clone());
            return;
        }
        if depth >= LONGEST_WAY || !passed.insert((origin.owner, origin.field.clone())) {
            return;
        }
        let before = self.fills.get(&(origin.owner, origin.field.as_str()));
        for fill in before.into_iter().flatten() {
            if let Some(earlier) = &fill.origin {
                let mut joined = earlier.clone();
                joined.casts.extend(origin.casts.iter().cloned());
                self.trace(&joined, passed, depth + 1, found);
            }
        }
    }

    fn lost(&self, fill: &Fill) -> Option<LostFlow> {
        let reason = match &fill.origin {
            Some(origin) => {
                let owner = self.index.reference(origin.owner)?;
                format!("filled from `{}.{}`, behind which no row was found", owner.name, origin.field)
            }
            None if fill.record => "filled from a row of `query!`, which has no struct to follow".to_owned(),
            None => "computed: no row field behind it".to_owned(),
        };
        Some(LostFlow {
            span: fill.span.clone(),
            payload: self.index.reference(fill.target)?,
            field: fill.field.clone(),
            reason,
        })
    }
}

/// Payload fields that no function was seen to fill.
fn unfilled(
    index: &Index,
    followed: &Followed,
    ways: &Ways,
    inputs: &HashSet<StructId>,
    outputs: &HashSet<StructId>,
) -> Vec<LostFlow> {
    let filled: HashSet<(StructId, &str)> =
        followed.fills.iter().map(|fill| (fill.target, fill.field.as_str())).collect();
    let mut lost = Vec::new();
    for strukt in inputs.union(outputs).copied().filter(|strukt| !ways.is_row(*strukt)) {
        let (Some(item), Some(payload)) = (index.structure(strukt), index.reference(strukt)) else {
            continue;
        };
        let open = item.fields.iter().filter(|field| {
            !filled.contains(&(strukt, field.name.as_str())) && !holds_payload(index, strukt, &field.name)
        });
        let reason = if outputs.contains(&strukt) {
            "no place was found that fills it"
        } else {
            "read from the request: where its value goes is not followed"
        };
        lost.extend(open.map(|field| LostFlow {
            span: field.place.in_file(&payload.path),
            payload: payload.clone(),
            field: field.name.clone(),
            reason: reason.to_owned(),
        }));
    }
    lost
}
