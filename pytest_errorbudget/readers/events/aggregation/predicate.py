"""The predicates of SLIs: PostgreSQL's dialect, parsed once, and only what every engine answers alike."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

_COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
    exp.Is,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
    exp.In,
    exp.Between,
    exp.Like,
)
_ALLOWED: tuple[type[exp.Expr], ...] = (
    *_COMPARISONS,
    exp.Column,
    exp.Identifier,
    exp.Literal,
    exp.Boolean,
    exp.Null,
    exp.Paren,
    exp.Not,
    exp.And,
    exp.Or,
    exp.Tuple,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Neg,
    exp.Coalesce,
)
_TRUTHS = (
    *_COMPARISONS,
    exp.Connector,
    exp.Not,
    exp.Boolean,
    exp.Null,
    exp.Column,
    exp.Coalesce,
)


def parse_predicate(text: str) -> exp.Expr:
    """The predicate as an expression; ``ValueError`` says what is wrong with it, in words for the person who wrote it.

    Clocks, random numbers, subqueries and functions are refused: the same events must give the same counts on every
    engine and at every time. So is ``/``, which truncates integers in PostgreSQL and does not in DuckDB.
    """
    try:
        parsed: exp.Expr = sqlglot.parse_one(text, dialect="postgres", into=exp.Condition)
    except SqlglotError as error:
        raise ValueError(f"`{text}` is not a predicate in PostgreSQL's dialect: {_reason(error)}") from None
    for node in parsed.walk():
        node.comments = None
        refused = _refused(node)
        if refused:
            raise ValueError(f"`{text}` {refused}")
    if not isinstance(parsed.unnest(), _TRUTHS):
        raise ValueError(f"`{text}` is a value and not a condition: compare it with something")
    return parsed


def predicate_columns(predicate: exp.Expr) -> tuple[str, ...]:
    """The columns that it reads, sorted, each once; names without quotes in lower case, as PostgreSQL folds them."""
    return tuple(sorted({column_name(column) for column in predicate.find_all(exp.Column)}))


def column_name(column: exp.Column) -> str:
    identifier = column.this
    return str(identifier.name) if identifier.args.get("quoted") else str(identifier.name).lower()


def _reason(error: SqlglotError) -> str:
    details = (getattr(error, "errors", None) or [{}])[0]
    described, near = str(details.get("description") or ""), details.get("highlight")
    if not near:
        return "a quote has no end" if not described else described.rstrip(".")
    if described.startswith("Expecting"):
        return f"{described.replace('Expecting', 'there is no')} behind `{near}`"
    if "Required keyword" in described:
        return f"something is missing at `{near}`"
    return f"`{near}` does not belong there"


def _refused(node: exp.Expr) -> str:
    if isinstance(node, exp.Div | exp.IntDiv | exp.Mod):
        return "divides, and engines round division differently: multiply the other side instead"
    if isinstance(node, exp.Query):
        return "holds a subquery: a predicate reads one event"
    if isinstance(node, exp.Column) and node.table:
        return f"names the table `{node.table}`: a predicate reads the columns of one event, without a table"
    if isinstance(node, exp.In) and (node.args.get("query") or node.args.get("unnest")):
        return "holds a subquery: a predicate reads one event"
    if isinstance(node, exp.Like) and "\\" in node.expression.name:
        return "escapes in a LIKE pattern, which engines read differently: use `=` or IN"
    if not isinstance(node, _ALLOWED):
        what = node.name if isinstance(node, exp.Anonymous) else node.key.replace("_", " ")
        return f"uses `{what}`, which engines may answer differently: use comparisons, AND, OR, NOT, IN, BETWEEN, LIKE"
    return ""
