"""Counted events: integers per tenant, SLO and window. Rates are made from them later, exactly."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The windows of one tenant and SLO that hold at least one valid event, by start, in columns of equal length.

    ``starts_us`` are window starts in µs since the Unix epoch, ``valid`` and ``bad`` numbers of distinct events.
    """

    tenant: str
    service: str
    slo: str
    starts_us: tuple[int, ...]
    valid: tuple[int, ...]
    bad: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """The windows of one tenant and SLO that hold events which are neither good nor bad, because a predicate is null
    for them, by start, in columns of equal length; there is at least one window. Of a table of counts ``events`` are
    rows.

    A window may be here and in the ``Series``: then some of its events are valid.
    """

    tenant: str
    service: str
    slo: str
    starts_us: tuple[int, ...]
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTotals:
    """What became of one source's rows. Each row is in exactly one of ``events`` (the copy that counted),
    ``duplicates``, ``without_id``, ``without_time``, ``unknown_tenant`` and ``after_as_of``.

    ``disagreeing`` counts events whose copies differ; ``invalid`` is per SLO: events whose predicate is null.
    ``watermark_us`` is the least of the shards' latest event times, floored to a window; ``disagreeing_examples``
    (``tenant: event id``) and ``unknown_tenants`` name the first few, in order. ``ahead`` are the shards whose newest
    event is more than a day later than that of the shard in the middle, with that event's time in µs.
    """

    source: str
    rows: int
    events: int
    duplicates: int
    disagreeing: int
    without_id: int
    without_time: int
    unknown_tenant: int
    after_as_of: int
    invalid: tuple[tuple[str, int], ...]
    watermark_us: int | None
    disagreeing_examples: tuple[str, ...] = ()
    unknown_tenants: tuple[str, ...] = ()
    ahead: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """A second count of the same events in another way (order, sharding, threads), and how many windows agreed."""

    way: str
    windows: int
    equal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """All counts of a run. Windows are half-open ``[start, start + window_us)``, aligned to the Unix epoch in UTC.

    Windows whose end lies after ``closed_until_us`` (``as_of_us`` less the allowed lateness, the least of all
    sources) are open: they are in the series, and no number is made from them. ``unjudged`` are the windows with
    events that are in no sum. ``digest`` is the SHA-256 of the canonical form of the series
    (``formats.counts_digest``). ``race_conditions`` are windows whose count changed between two readings of the events.
    """

    window_us: int
    as_of_us: int
    closed_until_us: int
    series: tuple[Series, ...]
    totals: tuple[SourceTotals, ...]
    recounts: tuple[Recount, ...]
    digest: str
    race_conditions: int = 0
    unjudged: tuple[Unjudged, ...] = ()

    @property
    def windows(self) -> int:
        return sum(len(series.starts_us) for series in self.series)

    def was_counted(self, slo: str) -> bool:
        """Whether the events of the SLO could be read and its predicates asked of them."""
        return any(name == slo for total in self.totals for name, _ in total.invalid)

    def of(self, tenant: str, slo: str) -> Series | None:
        return next((series for series in self.series if series.tenant == tenant and series.slo == slo), None)
