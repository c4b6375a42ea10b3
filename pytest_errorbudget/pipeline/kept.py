"""What replays and the server say, asked once: the answer to the same migrations and queries is kept between runs.

Of the server's replays only one that came to its end is kept. One that failed may succeed on the same server tomorrow,
with an extension or a role that it lacks today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from pytest_errorbudget.model.facts import ShapeTyping
from pytest_errorbudget.model.migration import MigrationSet, RealReplay, StaticReplay
from pytest_errorbudget.pipeline.codec import (
    decode_replay,
    decode_static,
    decode_typings,
    encode_replay,
    encode_static,
    encode_typings,
)
from pytest_errorbudget.pipeline.servers import Servers
from pytest_errorbudget.readers.result_cache import ResultCache, own_code, replay_keys, result_key

if TYPE_CHECKING:
    from pytest_errorbudget.readers.shape_request import Query, ShapeRequest


def kept_static(cache: ResultCache, migrations: MigrationSet) -> StaticReplay:
    """The replay without a database; the parser of DDL is not even imported where the same was replayed before."""
    key = result_key("static", own_code(), f"sqlglot {version('sqlglot')}", migrations)
    kept = cache.read(key)
    if kept is not None:
        return decode_static(kept)
    from pytest_errorbudget.checks.replay.replay import replay
    from pytest_errorbudget.readers.ddl.changes import changes

    replayed = replay(changes(migrations))
    cache.write(key, encode_static(replayed))
    return replayed


def kept_replay(cache: ResultCache, servers: Servers, migrations: MigrationSet) -> RealReplay:
    """PostgreSQL's replay; without a server where the same files were replayed before. Where the first of them were,
    what they gave is taken from there."""
    keys = replay_keys(own_code(), servers.build, migrations)
    known = _known(cache, keys)
    if known is not None and known.files == len(migrations.files):
        return known.replay
    from pytest_errorbudget.readers.real_replay import NOTHING, Known, replay_for_real

    first = NOTHING if known is None else Known(files=known.files, versions=known.replay.versions)
    replay = replay_for_real(servers.scratch(), migrations, first)
    if replay.failure is None:
        cache.write(keys[-1], encode_replay(replay))
    return replay


@dataclass(frozen=True, slots=True)
class _KeptReplay:
    """The replay of the first ``files`` of a set."""

    files: int
    replay: RealReplay


def _known(cache: ResultCache, keys: Sequence[str]) -> _KeptReplay | None:
    """The longest beginning of the set that was replayed before; ``keys`` are those of all, the shortest first."""
    for files in range(len(keys) - 1, -1, -1):
        kept = cache.read(keys[files])
        if kept is not None:
            return _KeptReplay(files, decode_replay(kept))
    return None


def kept_typings(
    cache: ResultCache,
    servers: Servers,
    migrations: MigrationSet,
    shapes: Sequence[ShapeRequest],
    queries: Sequence[Query],
) -> tuple[ShapeTyping, ...]:
    """How every query types in every shape; without a server where the same was asked before."""
    key = result_key("typings", own_code(), servers.build, migrations, tuple(shapes), tuple(queries))
    kept = cache.read(key)
    if kept is not None:
        return decode_typings(kept)
    from pytest_errorbudget.readers.shapes import type_queries

    typings = type_queries(servers.scratch(), migrations, shapes, queries)
    if not any(typing.unchecked for shape in typings for typing in shape.queries):
        cache.write(key, encode_typings(typings))
    return typings
