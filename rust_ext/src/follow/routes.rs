//! Routes: which function answers which path, as axum, actix-web, poem and Rocket write it.

use super::{Follower, Route, Value};
use crate::ir::{Expr, MethodCall, Name, Place};
use crate::model::Unread;

const METHODS: [&str; 10] = ["get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "any"];

fn is_method(name: &str) -> bool {
    METHODS.contains(&name)
}

impl Follower<'_> {
    /// `.route(path, methods)`, `.nest(prefix, router)` and their like; `None` for every other call.
    pub(super) fn routing(&mut self, call: &MethodCall) -> Option<Value> {
        match (call.name.as_str(), call.arguments.as_slice()) {
            ("route" | "at", [path, handlers]) => Some(self.route(call, path, handlers)),
            ("nest", [prefix, router]) => Some(self.nest(call, prefix, router)),
            ("mount", [prefix, Expr::Computed(mounted) | Expr::Invoked(_, mounted)]) => {
                let receiver = self.value(&call.receiver, None);
                let prefix = self.text_in(prefix)?;
                self.mounted(&prefix, mounted);
                Some(receiver)
            }
            ("service", [service]) => {
                let receiver = self.value(&call.receiver, None);
                let prefix = self.scope_of(&call.receiver);
                self.within(prefix, |follower| follower.service(service));
                Some(receiver)
            }
            ("route" | "to", [handlers]) => {
                let path = self.resource_of(&call.receiver)?;
                let receiver = self.value(&call.receiver, None);
                let found = match call.name.as_str() {
                    "to" => self.handler(&path, "any", handlers, call.name_place),
                    _ => self.methods(handlers, &path),
                };
                if !found {
                    self.value(handlers, None);
                    self.unseen(call.place, &path);
                }
                Some(receiver)
            }
            _ => None,
        }
    }

    fn route(&mut self, call: &MethodCall, path: &Expr, handlers: &Expr) -> Value {
        let receiver = self.value(&call.receiver, None);
        let path = self.text_in(path);
        let known = path.as_ref().is_some_and(|path| path.starts_with('/'));
        let path = path.unwrap_or_else(|| "?".into());
        let prefix = self.scope_of(&call.receiver);
        let found = self.within(prefix, |follower| follower.methods(handlers, &path));
        if !found && known {
            self.unseen(call.place, &path);
        }
        if !found {
            self.value(handlers, None);
        }
        receiver
    }

    fn nest(&mut self, call: &MethodCall, prefix: &Expr, router: &Expr) -> Value {
        let receiver = self.value(&call.receiver, None);
        let prefix = self.text_in(prefix).unwrap_or_default();
        self.within(prefix, |follower| follower.value(router, None));
        receiver
    }

    fn within<T>(&mut self, prefix: String, work: impl FnOnce(&mut Self) -> T) -> T {
        self.prefix.push(prefix.trim_end_matches('/').to_owned());
        let result = work(self);
        self.prefix.pop();
        result
    }

    fn text_in(&mut self, expression: &Expr) -> Option<String> {
        self.value(expression, None).only_text().map(|text| text.text.value)
    }

    /// A function whose attribute has the route, or a scope with services of its own.
    fn service(&mut self, service: &Expr) {
        match service {
            Expr::Path { .. } => self.mounted("", std::slice::from_ref(service)),
            other => drop(self.value(other, None)),
        }
    }

    fn mounted(&mut self, prefix: &str, handlers: &[Expr]) {
        let prefix = format!("{}{}", self.prefix.concat(), prefix.trim_end_matches('/'));
        for handler in handlers {
            if let Expr::Path { segments, .. } = handler {
                let target = self.target(segments);
                self.out.mounts.extend(target.map(|function| (function, prefix.clone())));
            }
        }
    }

    /// The path of `web::scope("/v1").service(..)`, `""` without one.
    fn scope_of(&mut self, receiver: &Expr) -> String {
        self.start_of(receiver, "scope").unwrap_or_default().to_string()
    }

    /// The path of `web::resource("/users").route(..)`.
    fn resource_of(&mut self, receiver: &Expr) -> Option<String> {
        self.start_of(receiver, "resource")
    }

    /// The text that the function at the start of a chain of methods is given.
    fn start_of(&mut self, chain: &Expr, wanted: &str) -> Option<String> {
        let mut chain = chain;
        loop {
            match chain {
                Expr::Same(inner) => chain = inner,
                Expr::Method(call) => chain = &call.receiver,
                Expr::Call { function, arguments, .. } => {
                    let named = matches!(&**function, Expr::Path { segments, .. } if segments.last()? == wanted);
                    return match arguments.as_slice() {
                        [path] if named => self.text_in(path),
                        _ => None,
                    };
                }
                _ => return None,
            }
        }
    }

    /// `get(list).post(create)`, `web::get().to(list)`: the handlers in the order of the source. Whether there was one.
    fn methods(&mut self, expression: &Expr, path: &str) -> bool {
        match expression {
            Expr::Same(inner) => self.methods(inner, path),
            Expr::Call { function, arguments, place } => match (&**function, arguments.as_slice()) {
                (Expr::Path { segments, .. }, [handler]) => {
                    let name = segments.last().map_or("", Name::as_str);
                    is_method(name) && self.handler(path, name, handler, *place)
                }
                _ => false,
            },
            Expr::Method(call) => {
                if let ("to", [handler], Some(method)) =
                    (call.name.as_str(), call.arguments.as_slice(), method_of(&call.receiver))
                {
                    return self.handler(path, method, handler, call.name_place);
                }
                let before = self.methods(&call.receiver, path);
                match call.arguments.as_slice() {
                    [handler] if is_method(&call.name) => {
                        self.handler(path, &call.name, handler, call.name_place) || before
                    }
                    _ => before,
                }
            }
            _ => false,
        }
    }

    fn handler(&mut self, path: &str, method: &str, handler: &Expr, place: Place) -> bool {
        let route = format!("{}{path}", self.prefix.concat());
        let method = method.to_uppercase();
        let target = match handler {
            Expr::Path { segments, .. } => self.target(segments),
            _ => None,
        };
        match target {
            Some(handler) => self.out.routes.push(Route { path: route, method, handler }),
            None => {
                let what = match handler {
                    Expr::Closure(_) => "is a closure",
                    Expr::Path { .. } => "is not a function of this workspace",
                    _ => "is computed",
                };
                self.value(handler, None);
                self.lost(place, format!("the handler of {method} `{route}` {what}"));
            }
        }
        true
    }

    fn unseen(&mut self, place: Place, path: &str) {
        self.lost(place, format!("the handlers of route `{path}` are not written beside it"));
    }

    fn lost(&mut self, place: Place, reason: String) {
        let span = self.span(place);
        self.out.gaps.push(Unread { span, reason });
    }
}

/// The method of `web::get()`, also behind guards.
fn method_of(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Same(inner) => method_of(inner),
        Expr::Method(call) => method_of(&call.receiver),
        Expr::Call { function, arguments, .. } if arguments.is_empty() => match &**function {
            Expr::Path { segments, .. } => segments.last().map(Name::as_str).filter(|name| is_method(name)),
            _ => None,
        },
        _ => None,
    }
}
