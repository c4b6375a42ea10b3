"""PostgreSQL bears out whatever the replay without a database claims."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_errorbudget.checks.agreement import disagreements
from pytest_errorbudget.checks.replay.replay import replay
from pytest_errorbudget.model.migration import MigrationFile, MigrationKind, MigrationSet
from pytest_errorbudget.readers.ddl.changes import changes
from pytest_errorbudget.readers.migrations.statements import split
from pytest_errorbudget.readers.real_replay import replay_for_real
from pytest_errorbudget.readers.scratch import ScratchServer

_CASES = re.split(r"^-- case: (.*)\n", (Path(__file__).parent / "two_replays.sql").read_text("utf-8"), flags=re.M)[1:]
_OPAQUE_CASES = {
    "functions, DO blocks, statements without effect": (
        "a DO block is a program",
        "no statement that can be read without a database makes `made`",
    ),
}


def _one_file(text: str) -> MigrationSet:
    path = "migrations/1_case.sql"
    is_transactional = not text.startswith("-- no-transaction")
    file = MigrationFile(
        path=path, version="1", name="case", text=text, statements=split(text, path), transactional=is_transactional
    )
    return MigrationSet(kind=MigrationKind.SQLX, path="migrations", files=(file,))


@pytest.mark.parametrize(("name", "sql"), list(zip(_CASES[::2], _CASES[1::2], strict=True)), ids=_CASES[::2])
def test_the_two_replays_agree(name: str, sql: str, scratch: ScratchServer) -> None:
    static = replay(changes(_one_file(sql)))
    real = replay_for_real(scratch, _one_file(sql))
    assert real.failure is None
    assert [finding.message for finding in disagreements(static, real.newest)] == []
    assert tuple(opaque.reason for opaque in static.opaque) == _OPAQUE_CASES.get(name, ())


_NAMES = st.sampled_from(("a", "b", "c", '"D d"'))
_TYPES = st.sampled_from(
    ("int", "bigint", "text", "varchar(5)", "numeric(6,2)", "timestamptz", "int[]", "int array", "char", "float(10)")
)
_STATEMENTS = st.one_of(
    st.builds("alter table t add column {} {}".format, _NAMES, _TYPES),
    st.builds("alter table t add {} {} not null unique".format, _NAMES, _TYPES),
    st.builds("alter table t add if not exists {} {} default null".format, _NAMES, _TYPES),
    st.builds("alter table t drop column if exists {}".format, _NAMES),
    st.builds("alter table t rename {} to {}".format, _NAMES, _NAMES),
    st.builds("alter table t alter {} set not null".format, _NAMES),
    st.builds("alter table t alter {} drop not null".format, _NAMES),
    st.builds("alter table t alter {0} type text using {0}::text".format, _NAMES),
    st.builds("create index on t ({}, {})".format, _NAMES, _NAMES),
    st.builds("create unique index on t ({}) where {} is not null".format, _NAMES, _NAMES),
    st.builds("alter table t add unique ({})".format, _NAMES),
    st.builds("alter table t add check ({} is not null)".format, _NAMES),
    st.builds("alter table t add primary key ({})".format, _NAMES),
    st.builds("create table u{} (like t including all)".format, st.integers(0, 3)),
    st.just("drop table if exists u1"),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statements=st.lists(_STATEMENTS, max_size=12))
def test_random_statements_never_part_the_replays(statements: list[str], scratch: ScratchServer) -> None:
    """A statement that PostgreSQL refuses is taken out: what is left are migrations that can be applied."""
    text = "-- no-transaction\ncreate table t (k serial primary key);\n"
    with scratch.database() as conninfo:
        text += "".join(f"{statement};\n" for statement in _accepted(conninfo, statements))
    static = replay(changes(_one_file(text)))
    real = replay_for_real(scratch, _one_file(text))
    assert real.failure is None
    assert [finding.message for finding in disagreements(static, real.newest)] == []
    assert static.opaque == ()


def _accepted(conninfo: str, statements: list[str]) -> list[str]:
    accepted: list[str] = []
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("create table t (k serial primary key)")
        for statement in statements:
            try:
                connection.execute(statement.encode())
            except psycopg.Error:
                continue
            accepted.append(statement)
    return accepted
