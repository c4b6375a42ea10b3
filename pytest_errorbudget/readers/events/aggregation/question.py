"""What is asked of a table of events, before any engine is named."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

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
