//! Handlers: the functions behind routes, with the structs that they take and give.

use crate::follow::{Followed, Route, function_name};
use crate::model;
use crate::names::{FunctionId, Index, StructId, Ty};

/// A handler with its payload structs, inputs and outputs.
pub struct Handler {
    pub model: model::Handler,
    pub inputs: Vec<StructId>,
    pub outputs: Vec<StructId>,
}

pub fn handlers(index: &Index, followed: &Followed) -> Vec<Handler> {
    let written = attributed(index, followed);
    followed.routes.iter().chain(&written).filter_map(|route| handler(index, followed, route)).collect()
}

/// Routes that attributes give, under every prefix where their function is mounted.
fn attributed(index: &Index, followed: &Followed) -> Vec<Route> {
    let mut found = Vec::new();
    for (id, (_, function)) in index.functions.iter().enumerate().filter(|(_, (_, item))| !item.routes.is_empty()) {
        let mounts = followed.mounts.iter().filter(|(mounted, _)| *mounted == id).map(|(_, prefix)| prefix.as_str());
        let mut prefixes: Vec<&str> = mounts.collect();
        if prefixes.is_empty() {
            prefixes.push("");
        }
        for (method, path) in &function.routes {
            let under = |prefix: &&str| Route { path: format!("{prefix}{path}"), method: method.clone(), handler: id };
            found.extend(prefixes.iter().map(under));
        }
    }
    found
}

fn handler(index: &Index, followed: &Followed, route: &Route) -> Option<Handler> {
    let (site, function) = index.function(route.handler)?;
    let file = index.files.get(site.file)?;
    let signature = index.signature(route.handler)?;
    let mut inputs = Vec::new();
    for parameter in &signature.parameters {
        payloads(parameter, false, &mut inputs);
    }
    let mut outputs = Vec::new();
    if let Some(result) = &signature.result {
        payloads(result, false, &mut outputs);
    }
    if outputs.is_empty() {
        // `impl IntoResponse` does not say it; the last expression may.
        if let Some(ty) = value_of(followed, route.handler) {
            payloads(ty, false, &mut outputs);
        }
    }
    let reference = |id: &StructId| index.reference(*id);
    Some(Handler {
        model: model::Handler {
            path: file.path.clone(),
            span: function.place.in_file(&file.path),
            function: function_name(function),
            krate: index.packages.get(file.package)?.name.clone(),
            method: route.method.clone(),
            route: route.path.clone(),
            inputs: inputs.iter().filter_map(reference).collect(),
            outputs: outputs.iter().filter_map(reference).collect(),
        },
        inputs,
        outputs,
    })
}

fn value_of(followed: &Followed, function: FunctionId) -> Option<&Ty> {
    followed.values.iter().find(|(id, _)| *id == function).map(|(_, ty)| ty)
}

/// The structs inside of `Json<..>`, `Query<..>`, `Form<..>`, `Path<..>` and wrappers of such names.
fn payloads(ty: &Ty, within: bool, found: &mut Vec<StructId>) {
    let carries = ["Json", "Query", "Form", "Path"].iter().any(|name| ty.name.ends_with(name));
    let within = within || (carries && !ty.arguments.is_empty());
    if let (true, Some(strukt)) = (within && !carries, ty.strukt) {
        if !found.contains(&strukt) {
            found.push(strukt);
        }
    }
    for argument in &ty.arguments {
        payloads(argument, within, found);
    }
}
