"""How messages speak of an index."""

from __future__ import annotations

from pytest_errorbudget.model.schema import Index, Relation


def described(relation: Relation, index: Index) -> str:
    """``unique index `i` on `t` (a desc, lower(b)) include (c) where (d > 0)``"""
    options = index.options or ("",) * len(index.columns)
    keys = ", ".join(f"{key} {option}".strip() for key, option in zip(index.columns, options, strict=False))
    include = f" include ({', '.join(index.include)})" if index.include else ""
    nulls = " nulls not distinct" if index.nulls_equal else ""
    where = f" where {index.predicate}" if index.predicate is not None else ""
    kind = "unique index" if index.unique else "index"
    return f"{kind} `{index.name}` on `{relation.display}` ({keys}){include}{nulls}{where}"
