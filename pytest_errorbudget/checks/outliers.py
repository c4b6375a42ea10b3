"""Tenants that fail so differently from their cohort that its threshold should not be made from them.

A tenant's error ratio is ``(bad + 1/2) / (valid + 1)`` over the evidence: the half keeps a tenant without a failure
finite and pulls a tenant with little traffic only a little. It is an outlier where its logarithm lies more than 3
scaled MADs (1.4826 times the median absolute deviation) from the cohort's median, in a cohort of at least 5 tenants
with traffic.

Where the MAD is 0 (half of the tenants or more have the very same ratio) there is no scale in the middle: 1.2533 times
the mean absolute deviation takes its place (Iglewicz and Hoaglin, 1993), and the ratio must also differ from the median
by more than a factor of 2. Logarithms are decimals of 50 digits, correctly rounded, so that every machine decides
alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction

from pytest_errorbudget.model.finding import Affected, Finding
from pytest_errorbudget.model.formats.wording import decimal, percent
from pytest_errorbudget.model.item import thresholds_item
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.threshold import Evidence, Outlier

LEAST_TENANTS = 5
LIMIT = 3
_MAD_SCALE = Fraction(14826, 10000)
_MEAN_SCALE = Fraction(12533, 10000)
_DIGITS = Context(prec=50)
_FACTOR_2 = Fraction(Decimal(2).ln(_DIGITS))


def outliers(evidence: Sequence[Evidence], cohorts: Sequence[Cohort]) -> tuple[Outlier, ...]:
    """By cohort, SLO and tenant. ``distance`` is in scaled MADs to three decimals, ``None`` where the MAD is 0."""
    totals = _totals(evidence)
    found = (
        outlier
        for cohort in cohorts
        for slo in {slo for slo, _ in totals}
        for outlier in _of_cohort(cohort, slo, {t: totals[slo, t] for t in cohort.tenants if (slo, t) in totals})
    )
    return tuple(sorted(found, key=lambda one: (one.cohort, one.slo, one.tenant)))


def _totals(evidence: Sequence[Evidence]) -> Mapping[tuple[str, str], tuple[int, int]]:
    totals: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in evidence:
        valid, bad = totals[row.slo, row.tenant]
        totals[row.slo, row.tenant] = (valid + row.valid, bad + row.bad)
    return totals


def _of_cohort(cohort: Cohort, slo: str, totals: Mapping[str, tuple[int, int]]) -> Iterator[Outlier]:
    if len(totals) < LEAST_TENANTS:
        return
    logs = {tenant: _log(valid, bad) for tenant, (valid, bad) in totals.items()}
    middle = _median(list(logs.values()))
    away = {tenant: abs(log - middle) for tenant, log in logs.items()}
    mad = _median(list(away.values()))
    scale = mad * _MAD_SCALE or sum(away.values(), Fraction(0)) / len(away) * _MEAN_SCALE
    for tenant, distance in away.items():
        if distance > LIMIT * scale and (mad or distance > _FACTOR_2):
            valid, bad = totals[tenant]
            yield Outlier(
                tenant=tenant,
                slo=slo,
                cohort=cohort.name,
                bad=bad,
                valid=valid,
                distance=Fraction(round(distance / scale * 1000), 1000) if mad else None,
            )


def _log(valid: int, bad: int) -> Fraction:
    ratio = Fraction(2 * bad + 1, 2 * valid + 2)
    over, under = (Decimal(number).ln(_DIGITS) for number in (ratio.numerator, ratio.denominator))
    return Fraction(_DIGITS.subtract(over, under))


def _median(values: list[Fraction]) -> Fraction:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def outlier_findings(found: Sequence[Outlier], settings_path: str) -> tuple[Finding, ...]:
    return tuple(_finding(outlier, settings_path) for outlier in found)


def _finding(outlier: Outlier, settings_path: str) -> Finding:
    far = "" if outlier.distance is None else f", {decimal(outlier.distance, 1)} scaled MADs from the cohort's median"
    ratio = percent(Fraction(outlier.bad, outlier.valid), 3)
    return Finding(
        rule=Rule.TENANT_OUTLIER,
        severity=Rule.TENANT_OUTLIER.severity,
        message=f"tenant {outlier.tenant} is an outlier of cohort {outlier.cohort} for `{outlier.slo}`: {ratio} of its "
        f"events are bad ({outlier.bad:,} of {outlier.valid:,}){far}",
        place=f"{outlier.cohort}/{outlier.slo}",
        affected=(Affected(thresholds_item(settings_path, outlier.cohort, outlier.slo), outlier.tenant),),
        consequence="The cohort's threshold is made without it: alerts with that threshold may not fit this tenant.",
        help="find out why it fails differently, or move it to a cohort of its own",
    )
