"""A team's SLI queries on their way to the server: how each is written, read and proposed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pytest_errorbudget.checks.sli import schemas_of, subject_of, text_findings
from pytest_errorbudget.model.facts import DatabaseFacts, sli_key, sli_meant_key, sli_narrowed_key, sli_proposal_key
from pytest_errorbudget.model.settings import Settings
from pytest_errorbudget.model.sli_query import SliGround, SliProposal, SliQuery
from pytest_errorbudget.readers.shape_request import Query
from pytest_errorbudget.readers.sli.queries import parse_sli_queries
from pytest_errorbudget.readers.sli.rewrite import propose


def with_proposals(
    queries: Sequence[SliQuery], databases: tuple[DatabaseFacts, ...], settings: Settings
) -> tuple[SliQuery, ...]:
    """Each with the query to ask instead, of which no rule on its text says anything."""
    schemas = schemas_of(databases)

    def proposal(query: SliQuery, ground: SliGround) -> SliProposal | None:
        found = propose(query, ground)
        read = () if found is None else tuple(parse_sli_queries(query.path, found.shown))
        said = (one for again in read for one in text_findings(subject_of(again, schemas, settings)))
        is_read = len(read) == 1 and read[0].unread is None
        return found if is_read and next(said, None) is None else None

    def proposed(query: SliQuery) -> SliQuery:
        if query.unread is not None:
            return query
        ground = subject_of(query, schemas, settings).ground
        found = proposal(query, replace(ground, is_partitioned=False))
        narrowed = proposal(query, ground) if ground.is_partitioned else None
        return replace(query, proposal=found, narrowed=None if narrowed == found else narrowed)

    return tuple(proposed(query) for query in queries)


def asked_queries(queries: Sequence[SliQuery]) -> tuple[Query, ...]:
    """What the server is asked of them: whether it takes each, and what its plans would read."""
    return tuple(asked for query in queries for asked in _asked(query))


def _asked(query: SliQuery) -> Iterator[Query]:
    if query.written is None:
        return
    ways = tuple(way for way in (query.planned, query.meant, query.written) if way is not None)
    yield Query(sli_key(query), query.written, planned=ways)
    if query.meant is not None:
        yield Query(sli_meant_key(query), query.meant)
    if query.proposal is not None:
        yield Query(sli_proposal_key(query), query.proposal.sql, planned=(query.proposal.sql,))
    if query.narrowed is not None:
        yield Query(sli_narrowed_key(query), query.narrowed.sql, planned=(query.narrowed.sql,))
