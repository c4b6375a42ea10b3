"""Whether PostgreSQL takes the query that is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_errorbudget.checks.sli.answers import answers
from pytest_errorbudget.model.facts import DatabaseFacts, sli_meant_key, sli_proposal_key
from pytest_errorbudget.model.query_typing import Rejected, Typed
from pytest_errorbudget.model.sli_query import SliQuery


def with_taken_proposal(query: SliQuery, databases: Sequence[DatabaseFacts]) -> SliQuery:
    """Without its proposal, where PostgreSQL refuses that in a schema in which it takes the query itself."""
    if query.proposal is None:
        return query
    own = [answer.typing.verdict for answer in answers(sli_meant_key(query), databases)]
    proposed = [answer.typing.verdict for answer in answers(sli_proposal_key(query), databases)]
    worse = any(isinstance(new, Rejected) and isinstance(old, Typed) for old, new in zip(own, proposed, strict=False))
    refused = bool(proposed) and all(isinstance(new, Rejected) for new in proposed)
    return replace(query, proposal=None) if worse or refused else query
