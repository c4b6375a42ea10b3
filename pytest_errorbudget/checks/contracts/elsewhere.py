"""What a query names and no migration ever mentions: something else makes it, or another database has it.

A relation that the migrations once made, and one whose name is nearly that of a relation of the schema (a slip of the
pen), are not of this kind.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from pytest_errorbudget.model.facts import QueryKey, QueryTyping
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.schema import Schema

# PostgreSQL's "missing FROM-clause entry for table" has the same code, and means a name of the query itself.
_RELATION = re.compile(r'^(?:relation|schema) "(?:[^"]*\.)?([^".]+)"')
_ALIKE = 0.85
"""``invocies`` for ``invoices`` is alike (0.88), ``refresh_tokens`` and ``compat_refresh_tokens`` are two (0.80)."""


def unmentioned(rejected: Rejected, schema: Schema, statements: Sequence[str]) -> str | None:
    """What PostgreSQL did not find, such as ``relation `devices```, where no migration mentions it."""
    found = _RELATION.search(rejected.message)
    if found is None or not statements:
        return None
    name = found[1]
    match rejected.sqlstate:
        case "42P01":
            known = {relation.name for relation in schema.relations}
            mentioned = bool(get_close_matches(name, known, n=1, cutoff=_ALIKE))
            written = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
            kind = "relation"
        case "3F000":
            mentioned = any(relation.schema == name for relation in schema.relations)
            written = re.compile(rf"\bcreate\s+schema\b[^;]*\b{re.escape(name)}\b", re.IGNORECASE)
            kind = "schema"
        case _:
            return None
    if mentioned or any(written.search(sql) for sql in statements):
        return None
    return f"{kind} `{name}`"


def files_of_elsewhere(
    typings: Mapping[QueryKey, QueryTyping], schema: Schema, statements: Sequence[str]
) -> frozenset[str]:
    """The files most of whose queries name what no migration mentions, two such names at least: what PostgreSQL says
    of their other queries is said of another database than they mean."""
    if not statements:
        return frozenset()
    strange: defaultdict[str, list[str]] = defaultdict(list)
    accepted: Counter[str] = Counter()
    for path, verdict in _verdicts(typings.values()):
        match verdict:
            case Typed():
                accepted[path] += 1
            case Rejected():
                what = unmentioned(verdict, schema, statements)
                strange[path] += [] if what is None else [what]
    return frozenset(
        path for path, names in strange.items() if len(names) > accepted[path] and len(frozenset(names)) > 1
    )


def _verdicts(typings: Iterable[QueryTyping]) -> Iterator[tuple[str, Typed | Rejected]]:
    return ((typing.query.path, typing.verdict) for typing in typings if typing.verdict is not None)
