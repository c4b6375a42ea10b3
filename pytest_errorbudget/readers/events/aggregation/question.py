"""What is asked of a table of events, before any engine is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp
from sqlglot.expressions import column

from pytest_errorbudget.model.slo import Slo


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicates:
    """An SLO and its parsed predicates; ``where`` is ``None`` where every event is valid.

    In a table of counts ``good`` and ``bad`` are whole numbers of events instead.
    """

    slo: Slo
    good: exp.Expr
    where: exp.Expr | None
    bad: exp.Expr | None = None

    def renamed(self, names: Mapping[str, str]) -> Predicates:
        """The same over columns that are called otherwise (now: then); what is not in ``names`` keeps its name."""
        return replace(
            self,
            good=_renamed(self.good, names),
            where=None if self.where is None else _renamed(self.where, names),
            bad=None if self.bad is None else _renamed(self.bad, names),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """``table`` holds each combination of values of the mapped columns once, by rank (``ranked.ranks``).

    ``width_bits`` hold every rank. No row is earlier than ``base_us``, in µs since the Unix epoch, and times behind it
    fit into the bits of a signed integer of 64 that ranks leave.
    """

    table: str
    width_bits: int
    base_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Count these SLOs' events in a table, by tenant and window.

    ``id``, ``tenant``, ``time_us`` and ``replica`` are expressions over the table's columns: the engine that owns the
    table wrote them, so that ``tenant`` is text and ``time_us`` whole microseconds since the Unix epoch. ``mapped`` are
    the columns that any predicate reads, sorted. ``tenants`` are (value in the events, tenant's name), every known
    tenant once or more. ``slot_us`` is the width of a slot in µs where rows are counts, and ``None`` where rows are
    events. ``from_us`` leaves out what is earlier. ``ranks`` are there where the engine has ranked the mapped columns.
    ``repeats`` is a table of the hashes (``usable.event_hash``, as ``event``) of all events that have several rows, and
    perhaps of others, where the engine has found them.
    """

    id: exp.Expr
    tenant: exp.Expr
    time_us: exp.Expr
    replica: exp.Expr | None
    mapped: tuple[str, ...]
    predicates: tuple[Predicates, ...]
    tenants: tuple[tuple[str, str], ...]
    window_us: int
    slot_us: int | None = None
    from_us: int | None = None
    ranks: Ranks | None = None
    repeats: str | None = None

    def renamed(self, names: Mapping[str, str]) -> Question:
        """The same of a table that calls its columns otherwise (now: then); what is not in ``names`` keeps its name."""
        return replace(
            self,
            id=_renamed(self.id, names),
            tenant=_renamed(self.tenant, names),
            time_us=_renamed(self.time_us, names),
            replica=None if self.replica is None else _renamed(self.replica, names),
            mapped=tuple(names.get(name, name) for name in self.mapped),
            predicates=tuple(one.renamed(names) for one in self.predicates),
        )


def _renamed(expression: exp.Expr, names: Mapping[str, str]) -> exp.Expr:
    def renamed(node: exp.Expr) -> exp.Expr:
        return column(names.get(node.name, node.name), quoted=True) if isinstance(node, exp.Column) else node

    return expression.copy().transform(renamed)
