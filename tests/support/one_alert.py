"""A condition of one's own and a generated threshold that page for the SLO of ``one_slo``."""

from __future__ import annotations

from fractions import Fraction

from pytest_errorbudget.model.alert import Condition, Urgency
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.threshold import Basis, Threshold
from pytest_errorbudget.model.window import HOUR_US, MINUTE_US

THRESHOLD = Threshold(
    cohort="gold",
    slo="ok",
    burn=Fraction(20),
    basis=Basis.TOLERANCE,
    bound=Fraction(20),
    confidence=Fraction(1),
    reliable=True,
    windows=1_000,
    tenants=("a",),
    outliers=(),
    long_us=HOUR_US,
    short_us=5 * MINUTE_US,
    failing_slots=3,
)


def condition(
    burn: int | str | Fraction, *, inclusive: bool = False, lookback_us: int = HOUR_US, after_us: int = 0
) -> Condition:
    """Pages where more than ``burn`` burns over the look-back (at least that much, where it is ``inclusive``)."""
    return Condition(
        name="fast",
        urgency=Urgency.PAGE,
        burn=Fraction(burn),
        inclusive=inclusive,
        lookback_us=lookback_us,
        after_us=after_us,
        span=Span("slo.yaml", 9, 20),
    )
