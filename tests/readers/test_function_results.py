"""The table of functions with one result, against PostgreSQL's own catalogue."""

from __future__ import annotations

import psycopg

from pytest_errorbudget.checks.replay.fixed_results import FIXED

# Not functions to the catalogue but words of the grammar, whose types a query of their values shows.
_WORDS = frozenset(
    {
        *("current_timestamp", "current_date", "current_time", "localtimestamp", "localtime", "current_role", "user"),
        *("current_catalog", "current_schema", "current_user", "session_user"),
    }
)


def test_every_overload_returns_what_the_table_says(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    rows = connection.execute(
        """
        select p.proname::text, array_agg(distinct case when t.typelem <> 0 and t.typlen = -1 and t.typcategory = 'A'
            then e.typname::text || '[]' else t.typname::text end)
        from pg_proc p join pg_type t on t.oid = p.prorettype left join pg_type e on e.oid = t.typelem
        where p.pronamespace = 'pg_catalog'::regnamespace and p.proname = any(%s) group by 1
        """,
        (sorted(FIXED),),
    ).fetchall()
    claimed = {name: [FIXED[name].internal] for name in FIXED if name not in _WORDS}
    assert {name: results for name, results in rows if name in claimed} == claimed


def test_the_words_of_the_grammar_have_their_types(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    row = connection.execute(("select " + ", ".join(f"{word}" for word in sorted(_WORDS))).encode())
    assert row.description is not None
    oids = {"timestamptz": 1184, "date": 1082, "timetz": 1266, "timestamp": 1114, "time": 1083, "name": 19}
    claimed = [oids[FIXED[word].name] for word in sorted(_WORDS)]
    assert [column.type_code for column in row.description] == claimed
