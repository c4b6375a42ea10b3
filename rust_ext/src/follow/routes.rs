//! Routes of axum: which function answers which path.

use super::{Follower, Route, Value};
use crate::ir::{Expr, MethodCall, Place};
use crate::model::Unread;

const METHODS: [&str; 10] = ["get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "any"];

fn is_method(name: &str) -> bool {
    METHODS.contains(&name)
}

impl Follower<'_> {
    /// `.route(path, methods)` and `.nest(prefix, router)`; `None` for every other call.
    pub(super) fn routing(&mut self, call: &MethodCall) -> Option<Value> {
        let (first, second) = match call.arguments.as_slice() {
            [first, second] => (first, second),
            _ => return None,
        };
        match call.name.as_str() {
            "route" => {
                let receiver = self.value(&call.receiver, None);
                let path = self.value(first, None).text.map(|text| text.text.value);
                let known = path.as_ref().is_some_and(|path| path.starts_with('/'));
                let path = path.unwrap_or_else(|| "?".to_owned());
                let found = self.methods(second, &path);
                if !found && known {
                    self.lost(call.place, format!("the handlers of route `{path}` are not written beside it"));
                }
                if !found {
                    self.value(second, None);
                }
                Some(receiver)
            }
            "nest" => {
                let receiver = self.value(&call.receiver, None);
                let prefix = self.value(first, None).text.map(|text| text.text.value).unwrap_or_default();
                self.prefix.push(prefix.trim_end_matches('/').to_owned());
                self.value(second, None);
                self.prefix.pop();
                Some(receiver)
            }
            _ => None,
        }
    }

    /// `get(list).post(create)`: the handlers in the order of the source. Whether there was one.
    fn methods(&mut self, expression: &Expr, path: &str) -> bool {
        match expression {
            Expr::Same(inner) => self.methods(inner, path),
            Expr::Call { function, arguments, place } => match (&**function, arguments.as_slice()) {
                (Expr::Path { segments, .. }, [handler]) => {
                    let name = segments.last().map_or("", String::as_str);
                    is_method(name) && self.handler(path, name, handler, *place)
                }
                _ => false,
            },
            Expr::Method(call) => {
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

    fn lost(&mut self, place: Place, reason: String) {
        let span = self.span(place);
        self.out.gaps.push(Unread { span, reason });
    }
}
