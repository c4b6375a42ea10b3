"""Our firing times against Prometheus' own: the same counts as counters, the Workbook's rules, every transition.

Needs ``promtool`` (Debian's package ``prometheus``, or a release of Prometheus). Rates are asked over ``[1h1ms]``: that
form sees the increments of exactly the last hour in Prometheus 2 and 3, because a range is left-open in 3.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import pytest
import yaml

from pytest_errorbudget.checks.burn import workbook_policy
from pytest_errorbudget.checks.firing import workbook_firings
from pytest_errorbudget.model.alert import Alert, Firing, Urgency
from pytest_errorbudget.model.counts import Counts, Series
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, MINUTE_US, SECOND_US, format_duration

PROMTOOL = shutil.which("promtool")
WIDTH_US = 5 * MINUTE_US
WINDOWS = 4 * 24 * 12
TENANTS = tuple(f"tenant-{number}" for number in range(6))

pytestmark = pytest.mark.skipif(
    PROMTOOL is None, reason="promtool is not on the PATH: install Debian's package `prometheus`, or a release of it"
)


def slo(objective: Fraction, days: int) -> Slo:
    return Slo(
        name="ok",
        service="api",
        sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
        objective=objective,
        period=Rolling(days * DAY_US),
        span=Span("slo.yaml", 1),
    )


def series(tenant: str, budget: Fraction, seed: str) -> Series:
    """Traffic, a low background of failures, and incidents of all sizes."""
    drawn = random.Random(seed)
    busy = drawn.choice((3, 40, 400))
    incidents = {drawn.randrange(WINDOWS): drawn.choice((1, 3, 12, 60)) for _ in range(6)}
    failing = {at + step: drawn.choice((2, 8, 20, 200)) for at, length in incidents.items() for step in range(length)}
    valid, bad = [], []
    for window in range(WINDOWS):
        total = drawn.randint(1, 2 * busy)
        ratio = min(Fraction(9, 10), budget * failing[window]) if window in failing else budget / 2
        valid.append(total)
        bad.append(sum(drawn.random() < ratio for _ in range(total)))
    starts = tuple(range(0, WINDOWS * WIDTH_US, WIDTH_US))
    return Series(tenant=tenant, service="api", slo="ok", starts_us=starts, valid=tuple(valid), bad=tuple(bad))


def counts(found: tuple[Series, ...]) -> Counts:
    end = WINDOWS * WIDTH_US
    return Counts(
        window_us=WIDTH_US, as_of_us=end, closed_until_us=end, series=found, totals=(), recounts=(), digest=""
    )


def expression(alert: Alert, budget: Fraction) -> str:
    limit = alert.burn * budget
    exact = f"{Decimal(limit.numerator) / Decimal(limit.denominator):f}"
    over = (
        f"(rate(bad_total[{format_duration(length)}1ms]) / rate(valid_total[{format_duration(length)}1ms]) > {exact})"
        for length in (alert.long_us, alert.short_us)
    )
    return " and ".join(over)


def rules(indicator: Slo) -> dict[str, object]:
    policy = workbook_policy(indicator.period_us)
    alerts = [
        {
            "alert": urgency.value,
            "expr": " or ".join(f"({expression(one, indicator.budget)})" for one in policy if one.urgency is urgency),
        }
        for urgency in Urgency
    ]
    return {"groups": [{"name": "slo", "interval": "5m", "rules": alerts}]}


def samples(values: tuple[int, ...]) -> str:
    return " ".join(map(str, accumulate(values, initial=0)))


def at_a_limit(found: tuple[Series, ...], indicator: Slo, moment: int) -> bool:
    """Whether some ratio is exactly a limit: it does not exceed it, and floats may say that it does."""
    end = moment // WIDTH_US
    for alert in workbook_policy(indicator.period_us):
        limit = alert.burn * indicator.budget
        for length in (alert.long_us, alert.short_us):
            windows = slice(max(0, end - length // WIDTH_US), end)
            if any(sum(one.bad[windows]) == limit * sum(one.valid[windows]) for one in found):
                return True
    return False


def expected(found: tuple[Firing, ...], inputs: tuple[Series, ...], indicator: Slo) -> Iterator[dict[str, object]]:
    """What is active at the evaluation before and at every transition, for both alerts."""
    transitions = {moment for one in found for interval in one.intervals for moment in interval if moment is not None}
    moments = sorted(
        {at + step for at in transitions for step in (-WIDTH_US, 0) if 0 < at + step <= WINDOWS * WIDTH_US}
    )
    for moment in (each for each in moments if not at_a_limit(inputs, indicator, each)):
        for urgency in Urgency:
            active = sorted(
                one.tenant
                for one in found
                if one.urgency is urgency
                and any(begins <= moment and (ends is None or moment < ends) for begins, ends in one.intervals)
            )
            yield {
                "eval_time": f"{moment // SECOND_US}s",
                "alertname": urgency.value,
                "exp_alerts": [{"exp_labels": {"tenant": tenant}} for tenant in active],
            }


@pytest.mark.parametrize(
    ("objective", "days"),
    [(Fraction(999, 1000), 30), (Fraction(99, 100), 28), (Fraction(9995, 10_000), 28), (Fraction(95, 100), 7)],
)
@pytest.mark.parametrize("seed", range(2))
def test_alerts_start_and_stop_at_the_same_evaluations(
    objective: Fraction, days: int, seed: int, tmp_path: Path
) -> None:
    indicator = slo(objective, days)
    found = tuple(series(tenant, indicator.budget, f"{seed} {tenant} {objective}") for tenant in TENANTS)
    firings = workbook_firings(counts(found), (indicator,), ())
    tests = list(expected(firings, found, indicator))
    assert tests, "the series must make something fire"
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules(indicator)))
    inputs = [
        {"series": f'{name}{{tenant="{one.tenant}"}}', "values": samples(values)}
        for one in found
        for name, values in (("valid_total", one.valid), ("bad_total", one.bad))
    ]
    document = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "5m",
        "tests": [{"interval": "5m", "input_series": inputs, "alert_rule_test": tests}],
    }
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(document, width=1_000_000))
    told = subprocess.run(
        [str(PROMTOOL), "test", "rules", "test.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, (told.stdout + told.stderr)[:4000]
