"""Events of odd texts, ids and times, and the rules by which they count, as plain Python says them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

from pytest_errorbudget.model.counts import Counts
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US

FIVE = 5 * MINUTE_US
TENANTS = ("acme", "Acme", "straße", "a.b\"c'd\\e")
Values = Mapping[str, Any]
Row = tuple[str | None, str | None, int | None, Values]
"""Tenant, id, µs since 1970, and the columns that predicates read."""
Truth = bool | None


def rows() -> tuple[Row, ...]:
    """Ids, tenants and texts that are one in other collations, in copies that disagree, around the edges of windows."""
    some = random.Random(7)
    ids = [f"{letter}{number}" for number in range(40) for letter in "xX"]
    near = [None, -1, 0, FIVE - 1, FIVE]
    return tuple(
        (
            some.choice([*TENANTS, "ACME", None]),
            some.choice(ids) if some.random() > 0.05 else None,
            some.choice([*near, *(some.randrange(-40 * FIVE, 40 * FIVE) for _ in near)]),
            {
                "status": some.choice(["OK", "ok", "Ok", "OK ", "KO", "é", "É", "", None]),
                "code": some.choice([200, 404, 499, 500, 503, None]),
                "ok": some.choice([True, False, None]),
                "took": some.choice([Fraction(1, 10), Fraction(3, 10), Fraction(301, 1000), Fraction(5), None]),
            },
        )
        for _ in range(600)
    )


def known(test: Callable[[Any], bool], value: Any) -> Truth:
    return None if value is None else test(value)


# Each SLO as text, which the run reads, and as Python.
PREDICATES: Mapping[str, tuple[str, Callable[[Values], Truth], str | None, Callable[[Values], Truth]]] = {
    "equal": ("status = 'OK'", lambda row: known(lambda one: one == "OK", row["status"]), None, lambda _: True),
    "among": (
        "status in ('OK', 'ok')",
        lambda row: known(lambda one: one in {"OK", "ok"}, row["status"]),
        "code < 500",
        lambda row: known(lambda one: one < 500, row["code"]),
    ),
    "like": ("status like 'O%'", lambda row: known(lambda one: one[:1] == "O", row["status"]), None, lambda _: True),
    "less": ("status < 'a'", lambda row: known(lambda one: one.encode() < b"a", row["status"]), None, lambda _: True),
    "distinct": ("status is distinct from 'OK'", lambda row: row["status"] != "OK", "ok", lambda row: row["ok"]),
    "alone": ("ok", lambda row: row["ok"], "code <> 404", lambda row: known(lambda one: one != 404, row["code"])),
    "exact": (
        "took <= 0.3",
        lambda row: known(lambda one: one <= Fraction(3, 10), row["took"]),
        "coalesce(code, 500) between 200 and 499",
        lambda row: 200 <= (500 if row["code"] is None else row["code"]) <= 499,
    ),
}


def slo(name: str, good: str, where: str | None = None) -> Slo:
    return Slo(
        name=name,
        service="api",
        sli=Sli(events="requests", good=good, where=where, kind=SliKind.AVAILABILITY),
        objective=Fraction(999, 1000),
        period=Rolling(30 * DAY_US),
        span=Span("slo.yaml", 3),
    )


SLOS = tuple(slo(name, good, where) for name, (good, _, where, _) in PREDICATES.items())
Windows = dict[tuple[str, str, int], tuple[int, int]]


def naive(given: Iterable[Row]) -> tuple[Windows, int, int, int, dict[str, int]]:
    """Windows (valid and bad by tenant, SLO and start), events, rows of them, events whose copies disagree, and events
    that are invalid by SLO: the table at the head of docs/burn-rates.md, a sentence a line."""
    read = ("code", "ok", "status", "took")
    copies: dict[tuple[str, str], list[tuple[int, tuple[Any, ...]]]] = {}
    for tenant, name, time_us, values in given:
        if tenant in TENANTS and name is not None and time_us is not None:
            copies.setdefault((tenant, name), []).append((time_us, tuple(values[one] for one in read)))
    windows: Windows = {}
    invalid = dict.fromkeys(PREDICATES, 0)
    for (tenant, _), rows in copies.items():
        time_us, chosen = min(rows, key=lambda row: (row[0], [_bytewise(one) for one in row[1]]))
        values = dict(zip(read, chosen, strict=True))
        for name, (_, good, _, where) in PREDICATES.items():
            valid, judged = where(values), good(values)
            if valid is None or (valid and judged is None):
                invalid[name] += 1
            elif valid:
                key = (tenant, name, time_us // FIVE * FIVE)
                before = windows.get(key, (0, 0))
                windows[key] = (before[0] + 1, before[1] + (not judged))
    several = sum(len(set(rows)) > 1 for rows in copies.values())
    return windows, len(copies), sum(map(len, copies.values())), several, invalid


def _bytewise(value: Any) -> tuple[bool, Any]:
    return (value is None, value.encode() if isinstance(value, str) else value or 0)


@cache
def expected(*, padded: bool = False) -> tuple[Windows, int, int, int, dict[str, int]]:
    return naive(map(_without_padding, rows()) if padded else rows())


def _without_padding(row: Row) -> Row:
    tenant, name, time_us, values = row
    return tenant, name, time_us, {**values, "status": values["status"] and values["status"].rstrip(" ")}


def said(counts: Counts) -> tuple[Windows, int, int, int, dict[str, int]]:
    """What ``naive`` says, of a run's counts."""
    windows = {
        (one.tenant, one.slo, start): (valid, bad)
        for one in counts.series
        for start, valid, bad in zip(one.starts_us, one.valid, one.bad, strict=True)
    }
    (total,) = counts.totals
    return windows, total.events, total.events + total.duplicates, total.disagreeing, dict(total.invalid)
