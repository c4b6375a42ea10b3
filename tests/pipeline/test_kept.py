"""A replay and the typing of queries are the same from the server and from what an earlier run kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_errorbudget.checks.replay.replay import replay
from pytest_errorbudget.model.facts import QueryKey
from pytest_errorbudget.model.migration import MigrationSet
from pytest_errorbudget.model.settings import ReplaySettings
from pytest_errorbudget.pipeline.codec import decode_replay, decode_static, encode_replay, encode_static
from pytest_errorbudget.pipeline.kept import kept_replay, kept_static, kept_typings
from pytest_errorbudget.pipeline.servers import Servers
from pytest_errorbudget.readers.ddl.changes import changes
from pytest_errorbudget.readers.real_replay import Known, replay_for_real
from pytest_errorbudget.readers.result_cache import ResultCache
from pytest_errorbudget.readers.scratch import ScratchServer
from pytest_errorbudget.readers.shapes import Query, ShapeRequest, type_queries

Migrations = Callable[[Mapping[str, str]], MigrationSet]

FILES = {
    "1_a.sql": "create type state as enum ('new', 'paid');\ncreate domain cents as bigint check (value >= 0);\n"
    "create table a (id bigserial primary key, state state not null default 'new', total cents);\n",
    "2_b.sql": "create table b (id int primary key, a bigint references a (id));\ncreate index on b (a);\n",
    "3_c.sql": "do $$ begin alter table b add column note text; end $$;\ndrop index b_a_idx;\n",
}
QUERIES = (
    Query(QueryKey("src/q.rs", "one", 1), "select id, total, note from a join b on b.a = a.id where state = $1"),
    Query(QueryKey("src/q.rs", "two", 1), "select missing from a"),
)
SHAPES = (ShapeRequest(digest="d", version="2", mending=("alter table b drop column a;",)), ShapeRequest(digest=None))


class NoServer(Servers):
    """Servers of which none may be started."""

    def scratch(self) -> ScratchServer:
        raise AssertionError("a server was asked for")


class OneServer(Servers):
    """The session's server in the place of one that would be started; counts how often it is asked for."""

    def __init__(self, stack: ExitStack, server: ScratchServer) -> None:
        super().__init__(stack, ReplaySettings())
        self._scratch = server
        self.asked = 0

    def scratch(self) -> ScratchServer:
        self.asked += 1
        return self._scratch


def everything(value: Any) -> Any:
    """A value with its origins, which ``==`` passes over."""
    if isinstance(value, tuple):
        return tuple(map(everything, value))
    if dataclasses.is_dataclass(value):
        return (type(value), *(everything(getattr(value, f.name)) for f in dataclasses.fields(value)))
    return value


@pytest.fixture
def cache(tmp_path: Path) -> ResultCache:
    return ResultCache(tmp_path / "results")


def test_a_replay_comes_back_with_every_place(scratch: ScratchServer, migrations: Migrations) -> None:
    replay = replay_for_real(scratch, migrations(FILES))
    assert everything(decode_replay(encode_replay(replay))) == everything(replay)


def test_a_static_replay_is_kept_with_every_place(migrations: Migrations, cache: ResultCache) -> None:
    """What is opaque and inexact in it too; other migrations are replayed themselves."""
    fewer = kept_static(cache, migrations(FILES))
    files = migrations({**FILES, "4_d.sql": "create table d as select total from a;\nselect frobnicate();\n"})
    replayed = replay(changes(files))
    assert replayed.opaque
    assert replayed.inexact
    assert everything(decode_static(encode_static(replayed))) == everything(replayed)
    first, second = (kept_static(cache, files) for _ in range(2))
    assert everything(second) == everything(first) == everything(replayed)
    assert replayed != fewer


def test_a_second_replay_starts_no_server(scratch: ScratchServer, migrations: Migrations, cache: ResultCache) -> None:
    files = migrations(FILES)
    with ExitStack() as stack:
        first = kept_replay(cache, OneServer(stack, scratch), files)
        second = kept_replay(cache, NoServer(stack, ReplaySettings()), files)
    assert everything(second) == everything(first) == everything(replay_for_real(scratch, files))


def test_a_second_typing_starts_no_server(scratch: ScratchServer, migrations: Migrations, cache: ResultCache) -> None:
    files = migrations(FILES)
    with ExitStack() as stack:
        first = kept_typings(cache, OneServer(stack, scratch), files, SHAPES, QUERIES)
        second = kept_typings(cache, NoServer(stack, ReplaySettings()), files, SHAPES, QUERIES)
    assert second == first == type_queries(scratch, files, SHAPES, QUERIES)


def test_an_added_migration_and_a_changed_query_are_asked_anew(
    scratch: ScratchServer, migrations: Migrations, cache: ResultCache
) -> None:
    files = migrations(FILES)
    with ExitStack() as stack:
        server = OneServer(stack, scratch)
        kept_replay(cache, server, files)
        kept_typings(cache, server, files, SHAPES, QUERIES)
        more = migrations({"4_d.sql": "alter table a add column added int;"})
        assert [version.version for version in kept_replay(cache, server, more).versions] == ["1", "2", "3", "4"]
        kept_typings(cache, server, more, SHAPES, QUERIES)
        kept_typings(cache, server, files, SHAPES, QUERIES[:1])
        kept_typings(cache, server, files, SHAPES[:1], QUERIES)
        assert server.asked == 6


@pytest.mark.parametrize("files", range(5))
def test_a_migration_that_is_added_is_all_that_is_read(
    scratch: ScratchServer, migrations: Migrations, cache: ResultCache, files: int
) -> None:
    """After any number of files that were replayed before, all of them give what they give at once, byte for byte."""
    whole = migrations({**FILES, "4_d.sql": "alter table a add column added int; drop table b cascade;"})
    with ExitStack() as stack:
        server = OneServer(stack, scratch)
        kept_replay(cache, server, replace(whole, files=whole.files[:files]))
        grown = kept_replay(cache, server, whole)
    assert encode_replay(grown) == encode_replay(replay_for_real(scratch, whole))


def test_a_first_file_that_fails_after_all_is_told_as_ever(scratch: ScratchServer, migrations: Migrations) -> None:
    """What was known of it is then not used: the same files may fail on a server that lost an extension."""
    known = replay_for_real(scratch, migrations(FILES)).versions
    broken = migrations({"2_b.sql": "alter table nowhere add column x int;"})
    again = replay_for_real(scratch, broken, Known(files=3, versions=known))
    assert everything(again) == everything(replay_for_real(scratch, broken))


def test_a_set_that_comes_after_another(scratch: ScratchServer, migrations: Migrations, cache: ResultCache) -> None:
    """Its replays are of the database that the set before has made; that one's files are part of what they hang on."""
    every = migrations(FILES)
    before = replace(every, path="shared", files=every.files[:1])
    after = replace(every, files=every.files[1:], before=before)
    with ExitStack() as stack:
        server = OneServer(stack, scratch)
        replay = kept_replay(cache, server, after)
        assert everything(kept_replay(cache, NoServer(stack, ReplaySettings()), after)) == everything(replay)
        edited = replace(after, before=replace(before, files=every.files[:1] * 0))
        assert kept_replay(cache, server, edited).failure is not None
    assert [version.version for version in replay.versions] == ["2", "3"]
    assert replay.newest == replay_for_real(scratch, every).newest


def test_a_replay_that_failed_is_tried_again(
    scratch: ScratchServer, migrations: Migrations, cache: ResultCache
) -> None:
    files = migrations({**FILES, "4_d.sql": "alter table nowhere add column x int;"})
    with ExitStack() as stack:
        server = OneServer(stack, scratch)
        first, second = kept_replay(cache, server, files), kept_replay(cache, server, files)
    assert server.asked == 2
    assert first.failure == second.failure
    assert first.failure is not None
    assert first.failure.message == 'relation "nowhere" does not exist'


def test_an_entry_that_was_spoilt_is_made_anew(
    scratch: ScratchServer, migrations: Migrations, cache: ResultCache, tmp_path: Path
) -> None:
    files = migrations(FILES)
    with ExitStack() as stack:
        server = OneServer(stack, scratch)
        first = kept_replay(cache, server, files)
        (entry,) = (tmp_path / "results").iterdir()
        entry.write_bytes(entry.read_bytes()[:-1] + b"?")
        second = kept_replay(cache, server, files)
        third = kept_replay(cache, server, files)
    assert server.asked == 2
    assert everything(first) == everything(second) == everything(third)
