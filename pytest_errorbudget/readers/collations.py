"""Collations of ICU on a server that was built without it, such as the embedded one.

What a schema says of its columns does not depend on how their text is sorted: such a collation is made with the
provider that every server has, in a statement of the same length, so that places stay what they are.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg

_OPTIONS = re.compile(r"(?<=\()[^()]*\bprovider\s*=\s*'?icu\b[^()]*(?=\))", re.IGNORECASE)
_CREATE = re.compile(r"create\s+collation\b", re.IGNORECASE)
_PLAIN = "provider=libc,locale='C'"
REASON = "the replay server has no ICU: the collation is made without it, so the order of its texts is not checked"


def needs_icu(sql: str) -> bool:
    """Whether a statement makes a collation of ICU."""
    return _CREATE.match(sql) is not None and _OPTIONS.search(sql) is not None


def lacks_icu(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    """Whether the server was built without ICU; one that has it lists ICU's languages."""
    found = connection.execute("select exists (select from pg_catalog.pg_collation where collname like '%-x-icu')")
    return found.fetchone() == (False,)


def without_icu(sql: str) -> str:
    """The same collation with another provider."""
    return _OPTIONS.sub(lambda match: _PLAIN.ljust(len(match[0])), sql)
