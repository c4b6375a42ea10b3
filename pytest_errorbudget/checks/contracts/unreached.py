"""What migrations behind the one that PostgreSQL refused may change: the replay says nothing of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pytest_errorbudget.model.facts import DatabaseFacts
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.schema import Schema

_WORD = re.compile(r"\w+")
# A foreign key to a table changes nothing of the table.
_REFERRED = re.compile(r'\breferences\s+[\w."]+', re.IGNORECASE)
_MADE = re.compile(
    r"\b(?:table|view|function|procedure|aggregate|type|domain|sequence|schema|extension)\s+"
    r'(?:if\s+(?:not\s+)?exists\s+)?(?:"?\w+"?\s*\.\s*)?"?(\w+)',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """The file at which the replay stops, and the words of its statements and of those after it, in lower case;
    ``made`` are the names of what they make, alter or drop."""

    path: str
    words: frozenset[str]
    made: frozenset[str]

    @property
    def reason(self) -> str:
        return f"the replay stops at {self.path}"

    def may_change(self, sql: str, verdict: Typed | Rejected | None, schemas: Iterable[Schema]) -> bool:
        """Whether something that the query names, or that PostgreSQL did not find, is named in these statements."""
        relations = {relation.name.lower() for schema in schemas for relation in schema.relations}
        ours = _words(sql)
        if ours & self.made or ours & self.words & relations:
            return True
        return isinstance(verdict, Rejected) and bool(_quoted(verdict.message) & self.words)


def unreached_of(database: DatabaseFacts) -> Unreached | None:
    """``None`` where the replay comes to the end of the migrations."""
    if database.replay is None or database.replay.failure is None:
        return None
    path = database.replay.failure.span.path
    files = database.migrations.every_file if database.migrations is not None else ()
    at = next((number for number, file in enumerate(files) if file.path == path), 0)
    texts = [_REFERRED.sub("", statement.sql) for file in files[at:] for statement in file.statements]
    return Unreached(
        path=path,
        words=frozenset(word for text in texts for word in _words(text)),
        made=frozenset(name.lower() for text in texts for name in _MADE.findall(text)),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))


def _quoted(message: str) -> frozenset[str]:
    """The words of the names in PostgreSQL's message, which are quoted or dotted, or stand before a parenthesis."""
    names = re.findall(r'"([^"]+)"|(\w+(?:\.\w+)+)|(\w+)\(', message)
    return frozenset(word for found in names for name in found for word in _words(name))
