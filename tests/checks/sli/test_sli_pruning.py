"""What is said of partitions that a query reads, in full."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_errorbudget.checks.sli.pruning import pruning_findings
from pytest_errorbudget.checks.sli.subject import Subject
from pytest_errorbudget.model.facts import DatabaseFacts, QueryTyping, ShapeTyping, sli_key, sli_proposal_key
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.partition_reads import PartitionReads, PlannedReads, Pruning
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.schema import Policy, PolicyCommand, Relation, RelationKind, RowSecurity
from pytest_errorbudget.model.sli_query import SliProposal, SliQuery, SliSelect, TableName, Use, UseKind
from pytest_errorbudget.model.snapshot import Applied, Snapshot, TenantState
from pytest_errorbudget.model.source import Span

LOGS = Relation(schema="public", name="logs", kind=RelationKind.PARTITIONED_TABLE)
ALL = PartitionReads(schema="public", relation="logs", keys=("tenant_id",), read=12, of=12, pruning=Pruning.NEVER)
ADVICE = (
    "compare the key itself with a value, in a condition that every row must meet: `tenant_id = $1`, or "
    "`tenant_id >= $1 and tenant_id < $2`"
)


def subject(*uses: Use, compared: tuple[str, ...] = ()) -> Subject:
    query = SliQuery(
        path="sli/errors.sql",
        number=1,
        span=Span("sli/errors.sql", 1, 8),
        written="select 1",
        meant="SELECT 1",
        selects=(SliSelect(span=Span("sli/errors.sql", 1, 8), tables=(TableName(None, "logs"),), compared=compared),),
        uses=uses,
        proposal=SliProposal(sql="select 2 from logs where tenant_id = $1", parameters=("?",)),
    )
    return Subject(query=query, relation=LOGS, sources=(), key=None)


def planned(one: Subject, own: PlannedReads, proposed: PlannedReads | None = None) -> DatabaseFacts:
    queries = (
        QueryTyping(query=sli_key(one.query), verdict=None, reads=own),
        QueryTyping(query=sli_proposal_key(one.query), verdict=None, reads=proposed),
    )
    return DatabaseFacts(name="core", typings=(ShapeTyping(shape=None, queries=queries),))


@pytest.mark.parametrize(
    ("table", "uses", "compared", "message"),
    [
        (
            ALL,
            (),
            ("at",),
            "every run reads 12 of 12 partitions of `logs`: WHERE does not compare `tenant_id`, by which they are "
            "divided",
        ),
        (
            replace(ALL, keys=("at", "tenant_id"), made=True, read=2, of=2),
            (),
            (),
            "every run reads all partitions of `logs`: WHERE does not compare `at` and `tenant_id`, by which they are "
            "divided",
        ),
        (
            replace(ALL, keys=("at",)),
            (
                Use(
                    kind=UseKind.WRAPPED,
                    text="CAST(at AS DATE) = $1",
                    span=Span("sli/errors.sql", 1, 40),
                    columns=("at",),
                ),
            ),
            ("at",),
            "every run reads 12 of 12 partitions of `logs`: `CAST(at AS DATE) = $1` compares what is computed of the "
            "key `at`, and not the key itself",
        ),
        (
            ALL,
            (),
            ("tenant_id",),
            "every run reads 12 of 12 partitions of `logs`: no condition that every row must meet compares the key "
            "`tenant_id` with a value of its own type",
        ),
    ],
)
def test_every_partition_is_read(
    table: PartitionReads, uses: tuple[Use, ...], compared: tuple[str, ...], message: str
) -> None:
    one = subject(*uses, compared=compared)
    (finding,) = pruning_findings(one, (planned(one, PlannedReads(tables=(table,))),))
    assert isinstance(finding, Finding)
    assert finding.rule is Rule.SLI_PRUNING
    assert finding.message == message
    assert finding.consequence == (
        "PostgreSQL can leave none of them out: a run takes longer with every partition that is added, whatever it "
        "asks for."
    )
    assert [(str(label.span), label.text) for label in finding.labels] == (
        [(str(use.span), f"`{use.text}`") for use in uses] or [("sli/errors.sql:1:8", "this query")]
    )


@pytest.mark.parametrize(
    ("proposed", "help"),
    [
        (replace(ALL, read=1), "ask for fixed moments and distinct events: `select 2 from logs where tenant_id = $1`"),
        (ALL, ADVICE),
        (replace(ALL, relation="other", read=1), ADVICE),
    ],
)
def test_the_proposal_is_the_help_where_it_leaves_partitions_out(proposed: PartitionReads, help: str) -> None:
    one = subject()
    known = planned(one, PlannedReads(tables=(ALL,)), PlannedReads(tables=(proposed,)))
    (finding,) = pruning_findings(one, (known,))
    assert isinstance(finding, Finding)
    assert finding.help == help


@pytest.mark.parametrize(
    "table", [replace(ALL, read=1), replace(ALL, read=0), replace(ALL, pruning=Pruning.WHILE_RUNNING)]
)
def test_some_partitions_are_left_out(table: PartitionReads) -> None:
    one = subject()
    assert list(pruning_findings(one, (planned(one, PlannedReads(tables=(table,))),))) == []


def test_a_join_decides_by_what_the_tables_hold() -> None:
    one = subject()
    known = planned(one, PlannedReads(tables=(replace(ALL, pruning=Pruning.BY_JOIN),)))
    assert list(pruning_findings(one, (known,))) == [
        Unchecked(
            "sli query",
            "sli/errors.sql::sli.1",
            "whether partitions of `logs` are left out depends on how PostgreSQL joins, and that on how much the "
            "tables hold",
            Span("sli/errors.sql", 1, 8),
        )
    ]


def test_a_query_without_a_plan_is_told() -> None:
    one = subject()
    (told,) = pruning_findings(one, (planned(one, PlannedReads(unplanned="division by zero")),))
    assert isinstance(told, Unchecked)
    assert told.reason == "which partitions it reads is not known: division by zero"


def test_policies_are_each_roles_own() -> None:
    one = replace(
        subject(),
        relation=replace(
            LOGS,
            row_security=RowSecurity(enabled=True),
            policies=(Policy(name="own", command=PolicyCommand.ALL),),
        ),
    )
    (told,) = pruning_findings(one, (planned(one, PlannedReads(tables=(ALL,))),))
    assert isinstance(told, Unchecked)
    assert told.reason == "the policies of `logs` decide which rows and partitions are read, for each role"


def test_tenants_with_equal_plans_are_one_finding() -> None:
    one = subject()
    typing = QueryTyping(query=sli_key(one.query), verdict=None, reads=PlannedReads(tables=(ALL,)))
    fewer = replace(typing, reads=PlannedReads(tables=(replace(ALL, read=3, of=3),)))
    known = DatabaseFacts(
        name="core",
        snapshot=Snapshot(
            database="core",
            server_version=180_000,
            tenants=tuple(
                TenantState(tenant=name, version=Applied("1"), shape=shape)
                for name, shape in (("acme", "aaaa"), ("globex", "bbbb"), ("initech", "cccc"))
            ),
            shapes=(),
        ),
        typings=(
            ShapeTyping(shape="aaaa", queries=(typing,)),
            ShapeTyping(shape="bbbb", queries=(fewer,)),
            ShapeTyping(shape="cccc", queries=(typing,)),
        ),
    )
    found = [one for one in pruning_findings(one, (known,)) if isinstance(one, Finding)]
    assert [(finding.message.split(":")[0], finding.tenants) for finding in found] == [
        ("every run reads 12 of 12 partitions of `logs`", ("acme", "initech")),
        ("every run reads 3 of 3 partitions of `logs`", ("globex",)),
    ]
