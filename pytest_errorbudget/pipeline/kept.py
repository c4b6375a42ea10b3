"""What the replay server says, asked once: its answer to the same migrations and queries is kept between runs.

Only a replay that came to its end is kept. One that failed may succeed on the same server tomorrow, with an extension
or a role that it lacks today.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_errorbudget.model.facts import ShapeTyping
from pytest_errorbudget.model.migration import MigrationSet, RealReplay
from pytest_errorbudget.pipeline.codec import decode_replay, decode_typings, encode_replay, encode_typings
from pytest_errorbudget.pipeline.servers import Servers
from pytest_errorbudget.readers.result_cache import ResultCache, own_code, result_key

if TYPE_CHECKING:
    from pytest_errorbudget.readers.shapes import Query, ShapeRequest


def kept_replay(cache: ResultCache, servers: Servers, migrations: MigrationSet) -> RealReplay:
    """PostgreSQL's replay; without a server where the same files were replayed before."""
    key = result_key("replay", own_code(), servers.build, migrations)
    kept = cache.read(key)
    if kept is not None:
        return decode_replay(kept)
    from pytest_errorbudget.readers.real_replay import replay_for_real

    replay = replay_for_real(servers.scratch(), migrations)
    if replay.failure is None:
        cache.write(key, encode_replay(replay))
    return replay


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
