"""``sli-pruning``: PostgreSQL's plan reads every partition of a table, whatever the query asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pytest_errorbudget.checks.sli.answers import Answer, answers
from pytest_errorbudget.checks.sli.subject import Subject, labels_of
from pytest_errorbudget.model.facts import DatabaseFacts, QueryKey, sli_key, sli_narrowed_key, sli_proposal_key
from pytest_errorbudget.model.finding import Affected, Finding, Label
from pytest_errorbudget.model.item import sli_item
from pytest_errorbudget.model.partition_reads import PartitionReads, Pruning
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.sli_query import SliQuery, UseKind

_WORD = re.compile(r'"([^"]+)"|([a-z_]\w*)')


def pruning_findings(subject: Subject, databases: Sequence[DatabaseFacts]) -> Iterator[Finding | Unchecked]:
    """One for each table and number of partitions."""
    found: dict[PartitionReads, list[str]] = {}
    for answer in answers(sli_key(subject.query), databases):
        reads = answer.typing.reads
        if reads is not None and reads.unplanned is not None:
            yield _unchecked(subject, f"which partitions it reads is not known: {reads.unplanned}")
        for table in reads.tables if reads is not None else ():
            if table.read == table.of and table.pruning is not Pruning.WHILE_RUNNING:
                found.setdefault(table, []).extend(answer.tenants)
    for table, tenants in found.items():
        if subject.is_secured:
            yield _unchecked(
                subject, f"the policies of `{table.relation}` decide which rows and partitions are read, for each role"
            )
        elif table.pruning is Pruning.BY_JOIN:
            yield _unchecked(
                subject,
                f"whether partitions of `{table.relation}` are left out depends on how PostgreSQL joins, and that on "
                "how much the tables hold",
            )
        else:
            helped = any(_is_mended(table, answer) for answer in answers(_proposed(subject.query), databases))
            yield _finding(subject, table, tuple(sorted(set(tenants))), subject.help if helped else _advice(table))


def _proposed(query: SliQuery) -> QueryKey:
    is_narrowed = query.proposal is not None and query.proposal == query.narrowed
    return sli_narrowed_key(query) if is_narrowed else sli_proposal_key(query)


def _is_mended(table: PartitionReads, answer: Answer) -> bool:
    """Whether the proposal leaves out partitions of the table."""
    tables = () if answer.typing.reads is None else answer.typing.reads.tables
    same = [one for one in tables if (one.schema, one.relation) == (table.schema, table.relation)]
    return any(one.read < one.of or one.pruning is Pruning.WHILE_RUNNING for one in same)


def _advice(table: PartitionReads) -> str:
    key = table.keys[0] if table.keys else "the key"
    return (
        f"compare the key itself with a value, in a condition that every row must meet: `{key} = $1`, or "
        f"`{key} >= $1 and {key} < $2`"
    )


def _unchecked(subject: Subject, reason: str) -> Unchecked:
    return Unchecked("sli query", subject.query.place, reason, subject.query.span)


def _finding(subject: Subject, table: PartitionReads, tenants: tuple[str, ...], help: str) -> Finding:
    item = sli_item(subject.query.path)
    columns = _columns(table)
    whole = f"all partitions of `{table.relation}`"
    partitions = whole if table.made else f"{table.read} of {table.of} partitions of `{table.relation}`"
    return Finding(
        rule=Rule.SLI_PRUNING,
        severity=Rule.SLI_PRUNING.severity,
        message=f"every run reads {partitions}: {_why(subject, columns)}",
        place=subject.query.place,
        affected=tuple(Affected(item, tenant) for tenant in tenants) or (Affected(item),),
        labels=_labels(subject, columns),
        consequence="PostgreSQL can leave none of them out: a run takes longer with every partition that is added, "
        "whatever it asks for.",
        help=help,
    )


def _columns(table: PartitionReads) -> tuple[str, ...]:
    """The names in the keys, those of functions too."""
    return tuple(dict.fromkeys(one[1] or one[2] for key in table.keys for one in _WORD.finditer(key)))


def _why(subject: Subject, columns: tuple[str, ...]) -> str:
    keys = " and ".join(f"`{column}`" for column in columns)
    compared = {name for select in subject.query.selects for name in select.compared}
    if not compared.intersection(columns):
        return f"WHERE does not compare {keys}, by which they are divided"
    wrapped = tuple(use for use in subject.uses(UseKind.WRAPPED) if set(use.columns).intersection(columns))
    if wrapped:
        return f"`{wrapped[0].text}` compares what is computed of the key {keys}, and not the key itself"
    return f"no condition that every row must meet compares the key {keys} with a value of its own type"


def _labels(subject: Subject, columns: tuple[str, ...]) -> tuple[Label, ...]:
    wrapped = tuple(use for use in subject.uses(UseKind.WRAPPED) if set(use.columns).intersection(columns))
    return labels_of(wrapped) or (Label(subject.query.span, "this query"),)
