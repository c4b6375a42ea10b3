"""The lock and its evidence as text."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.model.formats.evidence import EvidenceError, evidence_digest, read_evidence, write_evidence
from pytest_errorbudget.model.formats.lock import LockError, read_lock, write_lock
from pytest_errorbudget.model.formats.moment import format_moment, parse_moment
from pytest_errorbudget.model.threshold import Basis, Evidence, LockedTenant, LockedThresholds, Outlier, Threshold
from pytest_errorbudget.model.window import HOUR_US

ROW = Evidence(tenant="acme-prod", slo="ok", start_us=HOUR_US, valid=10, bad=2, failing_slots=1)
THRESHOLD = Threshold(
    cohort="gold",
    slo="ok",
    burn=Fraction(72, 5),
    basis=Basis.WORKBOOK,
    bound=Fraction(2, 3),
    confidence=Fraction(995, 1000),
    reliable=True,
    windows=672,
    tenants=("acme-prod",),
    outliers=("globex",),
    long_us=HOUR_US,
    short_us=HOUR_US // 12,
    failing_slots=3,
)
LOCKED = LockedThresholds(
    as_of_us=1_793_491_200_000_000,
    counts_digest="sha256:c0",
    evidence_digest="sha256:e0",
    confidence=Fraction(124, 125),
    thresholds=(THRESHOLD,),
    outliers=(Outlier(tenant="globex", slo="ok", cohort="gold", bad=9, valid=10, distance=Fraction(25, 2)),),
    evidence=(ROW,),
    tenants=(LockedTenant(name="acme-prod", database="core", cohort="gold", schema="acme_prod"),),
)
TEXT = """\
# Written by `pytest --errorbudget --errorbudget-update`: change the settings or the events, not this file.
version = 1
as-of = "2026-11-01T00:00:00Z"
confidence = "124/125" # 0.992
counts = "sha256:c0"
evidence = "sha256:e0"

[tenants]
"acme-prod" = { cohort = "gold", database = "core", schema = "acme_prod" }

[[outlier]]
cohort = "gold"
slo = "ok"
tenant = "globex"
bad = 9
valid = 10
distance = "25/2" # 12.5

[[threshold]]
cohort = "gold"
slo = "ok"
burn = "72/5" # 14.4
basis = "workbook"
bound = "2/3" # 0.666667
confidence = "199/200" # 0.995
reliable = true
windows = 672
tenants = ["acme-prod"]
outliers = ["globex"]
long-us = 3600000000
short-us = 300000000
failing-slots = 3
"""

_names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
_fractions = st.fractions(min_value=0)
_numbers = st.integers(0, 10**12)


def test_the_lock_as_text() -> None:
    assert write_lock(LOCKED) == TEXT
    assert read_lock(TEXT, (ROW,)) == LOCKED


@st.composite
def locks(draw: st.DrawFn) -> LockedThresholds:
    """Locks in the order in which they are written."""
    threshold = st.builds(
        Threshold,
        cohort=_names,
        slo=_names,
        burn=_fractions,
        basis=st.sampled_from(Basis),
        bound=st.none() | _fractions,
        confidence=_fractions,
        reliable=st.booleans(),
        windows=_numbers,
        tenants=st.lists(_names, max_size=3).map(tuple),
        outliers=st.lists(_names, max_size=3).map(tuple),
        long_us=_numbers,
        short_us=_numbers,
        failing_slots=_numbers,
    )
    outlier = st.builds(
        Outlier,
        tenant=_names,
        slo=_names,
        cohort=_names,
        bad=_numbers,
        valid=_numbers,
        distance=st.none() | _fractions,
    )
    tenant = st.builds(LockedTenant, name=_names, database=_names, cohort=st.none() | _names, schema=st.none() | _names)
    thresholds = draw(st.lists(threshold, max_size=3, unique_by=lambda one: (one.cohort, one.slo)))
    outliers = draw(st.lists(outlier, max_size=3, unique_by=lambda one: (one.cohort, one.slo, one.tenant)))
    tenants = draw(st.lists(tenant, max_size=3, unique_by=lambda one: one.name))
    return LockedThresholds(
        as_of_us=draw(st.integers(0, 10**17)),
        counts_digest=draw(_names),
        evidence_digest=draw(_names),
        confidence=draw(_fractions),
        thresholds=tuple(sorted(thresholds, key=lambda one: (one.cohort, one.slo))),
        outliers=tuple(sorted(outliers, key=lambda one: (one.cohort, one.slo, one.tenant))),
        evidence=(),
        tenants=tuple(sorted(tenants, key=lambda one: one.name)),
    )


@given(locks())
def test_every_lock_reads_back(locked: LockedThresholds) -> None:
    assert read_lock(write_lock(locked), ()) == locked


@pytest.mark.parametrize(
    ("old", "new", "message", "key"),
    [
        ("version = 1", "version = 2", "version 2 of the lock is not 1: write it anew", ("version",)),
        ('"72/5"', '"14,4"', "`burn` is `14,4`, which is not a fraction such as `72/5`", ("threshold", 0, "burn")),
        ('"72/5"', "14.4", "`burn` is 14.4, which is not a text", ("threshold", 0, "burn")),
        ("windows = 672\n", "", "`windows` is missing", ("threshold", 0)),
        (
            '"workbook"',
            '"guess"',
            "`basis` is `guess`, which is none of `workbook`, `tolerance`, `cap`, `fallback`",
            ("threshold", 0, "basis"),
        ),
        (
            "2026-11-01T00",
            "2026-13-01T00",
            "`2026-13-01T00:00:00Z` is not a moment in UTC: month must be in 1..12",
            ("as-of",),
        ),
    ],
)
def test_a_lock_edited_by_hand(old: str, new: str, message: str, key: tuple[str | int, ...]) -> None:
    with pytest.raises(LockError) as caught:
        read_lock(TEXT.replace(old, new), ())
    assert (caught.value.message, caught.value.key) == (message, key)


def test_the_evidence_as_text() -> None:
    text = "tenant,slo,start,valid,bad,failing_slots\nacme-prod,ok,1970-01-01T01:00:00Z,10,2,1\n"
    assert write_evidence((ROW,)) == text
    assert read_evidence(text) == (ROW,)


_rows = st.builds(
    lambda tenant, slo, hour, failing, bad, good: Evidence(
        tenant=tenant,
        slo=slo,
        start_us=hour * HOUR_US,
        valid=failing + bad + good,
        bad=failing + bad,
        failing_slots=failing,
    ),
    _names,
    _names,
    st.integers(-(10**5), 10**6),
    _numbers,
    _numbers,
    _numbers,
)


@given(st.lists(_rows, unique_by=lambda row: (row.tenant, row.slo, row.start_us)))
def test_every_table_of_evidence_reads_back(rows: list[Evidence]) -> None:
    ordered = tuple(sorted(rows, key=lambda row: (row.tenant, row.slo, row.start_us)))
    assert read_evidence(write_evidence(rows)) == ordered
    assert evidence_digest(rows) == evidence_digest(ordered)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,ok,1970-01-01T01:00:00Z,10,2", "5 fields, where 6 belong"),
        (
            "a,ok,1970-01-01 01:00,10,2,1",
            "`1970-01-01 01:00` is not a moment in UTC: write it as `2026-11-01T00:00:00Z`",
        ),
        ("a,ok,1970-01-01T01:00:00Z,ten,2,1", "`ten` is not a whole number from 0"),
        ("a,ok,1970-01-01T01:00:00Z,1,2,1", "1 valid events, 2 bad ones and 1 failing slots cannot be"),
    ],
)
def test_evidence_edited_by_hand(line: str, message: str) -> None:
    good = "b,ok,1970-01-01T01:00:00Z,10,2,1"
    with pytest.raises(EvidenceError) as caught:
        read_evidence(f"tenant,slo,start,valid,bad,failing_slots\n{good}\n{line}\n")
    assert (caught.value.message, caught.value.line) == (message, 3)


@given(st.integers(-(10**15), 10**16))
def test_moments_read_back(time_us: int) -> None:
    assert parse_moment(format_moment(time_us)) == time_us
