//! What methods of the standard library, of iterators and of queries do with a value, by their names.

/// What a method does with a value.
pub(super) enum Kind {
    /// The same value: `clone`, `as_ref`.
    Same,
    /// Takes the inside out: `unwrap`.
    Unwrap,
    /// The same holder of the same things, and closures that only look: `filter`.
    Keep,
    /// A new inside from a closure or function: `map`.
    Map,
    /// A new holder from a closure that gives holders: `and_then`.
    FlatMap,
    Iterate,
    /// Takes the inside out of a wrapper that is known: `into_inner`.
    Inner,
    /// One of many: `first`, `next`.
    One,
    Enumerate,
    Collect,
    Into,
    TryInto,
    Ok,
    OkOr,
    TryNext,
    Fetch,
    Other,
}

pub(super) fn kind(name: &str) -> Kind {
    match name {
        "clone" | "to_owned" | "as_ref" | "as_mut" | "as_deref" | "as_str" | "borrow" | "as_slice" | "to_vec"
        | "into_boxed_slice" | "bind" | "persistent" | "map_err" | "context" | "with_context" | "wrap_err"
        | "wrap_err_with" | "inspect_err" | "or_else" | "get_ref" | "lock" | "deref" => Kind::Same,
        "unwrap" | "expect" | "unwrap_or" | "unwrap_or_default" | "unwrap_or_else" => Kind::Unwrap,
        "filter" | "rev" | "take" | "skip" | "chain" | "cloned" | "copied" | "by_ref" | "peekable" | "inspect"
        | "take_while" | "skip_while" | "step_by" | "or" | "fuse" | "boxed" => Kind::Keep,
        "map" | "map_ok" => Kind::Map,
        "and_then" | "filter_map" | "flat_map" | "map_or" | "map_or_else" | "then" | "for_each" | "any" | "all"
        | "is_some_and" => Kind::FlatMap,
        "iter" | "into_iter" | "iter_mut" | "drain" | "values" | "into_values" => Kind::Iterate,
        "first" | "last" | "next" | "pop" | "find" | "nth" | "max_by_key" | "min_by_key" | "get" => Kind::One,
        "into_inner" => Kind::Inner,
        "enumerate" => Kind::Enumerate,
        "collect" | "try_collect" => Kind::Collect,
        "into" => Kind::Into,
        "try_into" => Kind::TryInto,
        "ok" => Kind::Ok,
        "ok_or" | "ok_or_else" => Kind::OkOr,
        "try_next" => Kind::TryNext,
        "fetch_one" | "fetch_all" | "fetch_optional" | "fetch" | "fetch_many" => Kind::Fetch,
        _ => Kind::Other,
    }
}
