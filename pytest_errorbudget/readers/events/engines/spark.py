"""Spark, for events beyond one machine: counts a table of its catalogue, and again what DuckDB read from files.

``pyspark`` is the extra ``pytest-errorbudget[spark]`` and needs a Java runtime. Where the cluster is, is said by
Spark's own settings (``SPARK_REMOTE``, ``spark-submit``, ``spark-defaults.conf``); without them it is this machine.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp
from sqlglot.expressions import column

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.settings import EngineName, EventSource
from pytest_errorbudget.readers.events.aggregation.query import Aggregation, survey
from pytest_errorbudget.readers.events.aggregation.question import Question
from pytest_errorbudget.readers.events.ask import ask
from pytest_errorbudget.readers.events.asked import Asked
from pytest_errorbudget.readers.events.engines.recount import compare, windows_of
from pytest_errorbudget.readers.events.files.columns import FileColumn, since_first
from pytest_errorbudget.readers.events.paths import events_problem
from pytest_errorbudget.readers.events.reading import Exported, Recounted
from pytest_errorbudget.readers.events.tally import Row, Tally, tally

_VIEW = "errorbudget_events"
_TYPES = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "string": "VARCHAR",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "timestamp_ntz": "TIMESTAMP",
    "date": "DATE",
}
_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    # a backslash in text is written twice
    "spark.sql.parser.escapedStringLiterals": "false",
}
_DECLARED = "__CHAR_VARCHAR_TYPE_STRING"
"""Under which a field keeps what Spark calls a string since it was declared as another type of text."""
_TEXTS = ("string collate ", "varchar(", "char(")
"""How other types of text begin. Text of a collation may be equal where its bytes are not."""
_WAYS = (
    ("Spark, other partitions", {"spark.sql.shuffle.partitions": "3", "spark.sql.adaptive.enabled": "false"}),
    (
        "Spark, sorted and not hashed",
        {"spark.sql.execution.useObjectHashAggregateExec": "false", "spark.sql.autoBroadcastJoinThreshold": "-1"},
    ),
)


@dataclass(slots=True, kw_only=True)
class SparkReading:
    """A table of Spark's catalogue. ``first`` is what ``count`` gave, for ``again`` to compare with."""

    session: Any = field(repr=False)
    source: EventSource
    question: Question
    aggregation: Aggregation
    first: list[Row] = field(default_factory=list)

    def survey(self) -> list[Row]:
        return self._rows(survey(self.question, self._view))

    def count(self, as_of_us: int) -> Tally:
        self.first = self._rows(self.aggregation(self.question, self._view, as_of_us))
        return tally(self.question, self.first)

    def again(self, as_of_us: int) -> Recounted:
        query = self.aggregation(self.question, self._view, as_of_us)
        ways = []
        for way, settings in _WAYS:
            with _set(self.session, settings):
                ways.append((way, windows_of(self.question, self._rows(query))))
        return compare(windows_of(self.question, self.first), ways)

    @property
    def _view(self) -> str:
        """A name that any dialect reads, whatever the table is called."""
        return f"errorbudget_{self.source.name.encode().hex()}"

    def _rows(self, query: exp.Query) -> list[Row]:
        with answering(self.source):
            table = self.session.table(self.source.paths[0])
            table.selectExpr(*map(_bytewise, table.schema.fields)).createOrReplaceTempView(self._view)
            return collected(self.session, query)


def spark_reading(asked: Asked, source: EventSource) -> tuple[SparkReading, tuple[Problem, ...]]:
    """The source's table, and a problem for each SLO that cannot be counted in it. Raises ``Unreadable``."""
    session = opened(source)
    with answering(source):
        described = session.table(source.paths[0]).dtypes
    columns = tuple(FileColumn(name, _type(kind)) for name, kind in described)
    mine = tuple(slo for slo in asked.slos if slo.sli.events == source.name)
    question, problems = ask(source, mine, asked.tenants, columns, asked.window_us, micros=_micros)
    return SparkReading(session=session, source=source, question=question, aggregation=asked.aggregation), problems


def _type(kind: str) -> str:
    return "VARCHAR" if kind.startswith(_TEXTS) else _TYPES.get(kind, kind.upper())


def _bytewise(column: Any) -> str:
    """A field of the table's schema as it is counted; of char, which is padded, as PostgreSQL reads it."""
    quoted = exp.to_identifier(column.name, quoted=True).sql(dialect="spark")
    if column.metadata.get(_DECLARED, "").startswith("char("):
        return f"rtrim({quoted}) as {quoted}"
    collated = column.dataType.simpleString().startswith(_TEXTS[0])
    return f"{quoted} collate UTF8_BINARY as {quoted}" if collated else quoted


@dataclass(frozen=True, slots=True)
class SparkAgain:
    """Spark as a further engine."""

    @property
    def name(self) -> str:
        return EngineName.SPARK.value

    def count(self, exported: Exported, as_of_us: int, aggregation: Aggregation) -> list[Row]:
        session = opened(exported.source)
        with answering(exported.source):
            session.read.parquet(exported.path).createOrReplaceTempView(_VIEW)
            try:
                return collected(session, aggregation(exported.question, _VIEW, as_of_us))
            finally:
                session.catalog.dropTempView(_VIEW)


def collected(session: Any, query: exp.Query) -> list[Row]:
    """A query's rows, written in Spark's dialect."""
    return [tuple(row) for row in session.sql(query.sql(dialect="spark")).collect()]


def _micros(source: EventSource, found: FileColumn) -> exp.Expr:
    """The session's zone is UTC, which is what a timestamp without zone is in."""
    named = column(found.name, quoted=True)
    if found.type in _WHOLE:
        return since_first(exp.cast(named, "bigint"))
    if found.type in {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP", "DATE"}:
        # in sqlglot's words a Spark TIMESTAMP is one with a zone
        moment = exp.cast(named, "timestamptz")
        return exp.Anonymous(this="unix_micros", expressions=[moment])
    raise Unreadable(
        events_problem(
            source,
            f"the time column `{found.name}` of the events `{source.name}` is {found.type}, which does not hold "
            "microseconds exactly",
            "make a view that gives it as a timestamp, or as whole microseconds since 1970 in UTC",
        )
    )


def opened(source: EventSource) -> Any:
    """A session of its own, with our zone and rules. Raises ``Unreadable`` without pyspark or Java."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise Unreadable(
            events_problem(
                source,
                f"the events `{source.name}` are to be counted on Spark, and pyspark is not installed",
                'install it with `pip install "pytest-errorbudget[spark]"`',
            )
        ) from None
    if not (os.environ.get("SPARK_REMOTE") or os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise Unreadable(
            events_problem(
                source,
                f"the events `{source.name}` are to be counted on Spark, and there is no Java on this machine",
                "install a Java runtime (17 or newer), or name a Spark Connect server in SPARK_REMOTE",
            )
        )
    with answering(source):
        builder = SparkSession.builder.appName("pytest-errorbudget").config("spark.ui.showConsoleProgress", "false")
        if not _is_placed():
            builder = (
                builder.master("local[*]")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "4")
            )
        session = builder.getOrCreate()
        for name, value in _SETTINGS.items():
            session.conf.set(name, value)
        return session


def _is_placed() -> bool:
    """Whether Spark's own settings say where it runs."""
    return any(os.environ.get(name) for name in ("SPARK_REMOTE", "SPARK_MASTER", "SPARK_CONF_DIR", "SPARK_HOME"))


@contextmanager
def _set(session: Any, settings: dict[str, str]) -> Iterator[None]:
    before = {name: session.conf.get(name) for name in settings}
    try:
        for name, value in settings.items():
            session.conf.set(name, value)
        yield
    finally:
        for name, value in before.items():
            session.conf.set(name, value)


@contextmanager
def answering(source: EventSource) -> Iterator[None]:
    """Spark's own first line on what it could not do."""
    from pyspark.errors import PySparkException

    try:
        yield
    except Exception as error:
        # what fails on the way to Java is Py4J's, which a client of a remote server does without
        if not (isinstance(error, PySparkException | ConnectionError) or type(error).__module__ == "py4j.protocol"):
            raise
        raise Unreadable(
            events_problem(
                source,
                f"the events `{source.name}` cannot be counted on Spark: {_said(error)}",
                "see that the table is there and that the predicates fit its columns",
            )
        ) from None


def _said(error: Exception) -> str:
    """One line. Of a task that failed, the first line names a Java object, and the second says why."""
    lines = [line.strip(" :") for line in str(error).splitlines() if line.strip(" :")] or [type(error).__name__]
    return lines[1] if lines[0].startswith("An error occurred while calling") and len(lines) > 1 else lines[0]
