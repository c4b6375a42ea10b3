"""The Workbook's rules and counts as Prometheus reads them, and what its own evaluation says of ours.

Rates are asked over ``[1h1ms]``: that form sees the increments of exactly the last hour in Prometheus 2 and 3, because
a range is left-open in 3.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import yaml

from pytest_errorbudget.checks.burn import workbook_policy
from pytest_errorbudget.checks.firing import workbook_firings
from pytest_errorbudget.checks.slices import in_slices
from pytest_errorbudget.model.alert import Alert, Firing, Urgency
from pytest_errorbudget.model.counts import Counts, Series
from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.window import DAY_US, SECOND_US, format_duration

PROMTOOL = shutil.which("promtool")
ABSENT = "promtool is not on the PATH: install Debian's package `prometheus`, or a release of it"


def slo(objective: Fraction, days: int) -> Slo:
    return Slo(
        name="ok",
        service="api",
        sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
        objective=objective,
        period=Rolling(days * DAY_US),
        span=Span("slo.yaml", 1),
    )


def series_of(tenant: str, windows: tuple[tuple[int, int], ...], width_us: int) -> Series:
    """Window after window from the epoch on: (valid, bad)."""
    return Series(
        tenant=tenant,
        service="api",
        slo="ok",
        starts_us=tuple(range(0, len(windows) * width_us, width_us)),
        valid=tuple(valid for valid, _ in windows),
        bad=tuple(bad for _, bad in windows),
    )


def counts(found: tuple[Series, ...], width_us: int) -> Counts:
    end = max(one.starts_us[-1] for one in found) + width_us
    return Counts(
        window_us=width_us, as_of_us=end, closed_until_us=end, series=found, totals=(), recounts=(), digest=""
    )


def expression(alert: Alert, budget: Fraction) -> str:
    limit = alert.burn * budget
    exact = f"{Decimal(limit.numerator) / Decimal(limit.denominator):f}"
    over = (
        f"(rate(bad_total[{format_duration(length)}1ms]) / rate(valid_total[{format_duration(length)}1ms]) > {exact})"
        for length in (alert.long_us, alert.short_us)
    )
    return " and ".join(over)


def rules(indicator: Slo, width_us: int) -> dict[str, object]:
    policy = workbook_policy(indicator.period_us)
    alerts = [
        {
            "alert": urgency.value,
            "expr": " or ".join(f"({expression(one, indicator.budget)})" for one in policy if one.urgency is urgency),
        }
        for urgency in Urgency
    ]
    return {"groups": [{"name": "slo", "interval": _seconds(width_us), "rules": alerts}]}


def samples(values: tuple[int, ...]) -> str:
    return " ".join(map(str, accumulate(values, initial=0)))


def at_a_limit(found: tuple[Series, ...], indicator: Slo, moment: int, width_us: int) -> bool:
    """Whether some ratio is exactly a limit: it does not exceed it, and floats may say that it does."""
    end = moment // width_us
    for alert in workbook_policy(indicator.period_us):
        limit = alert.burn * indicator.budget
        for length in (alert.long_us, alert.short_us):
            windows = slice(max(0, end - length // width_us), end)
            if any(sum(one.bad[windows]) == limit * sum(one.valid[windows]) for one in found):
                return True
    return False


def expected(found: tuple[Firing, ...], inputs: Counts, indicator: Slo) -> Iterator[dict[str, object]]:
    """What is active at the evaluation before and at every transition, for both alerts."""
    width_us = inputs.window_us
    transitions = {moment for one in found for interval in one.intervals for moment in interval if moment is not None}
    moments = sorted(
        {at + step for at in transitions for step in (-width_us, 0) if 0 < at + step <= inputs.closed_until_us}
    )
    for moment in (each for each in moments if not at_a_limit(inputs.series, indicator, each, width_us)):
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


def _seconds(span_us: int) -> str:
    return f"{span_us // SECOND_US}s"


def promtools_answer(folder: Path, found: tuple[Series, ...], indicator: Slo, width_us: int) -> tuple[int, str]:
    """How many evaluations were asked, and what promtool says against them (nothing where it agrees)."""
    inputs = in_slices(counts(found, width_us), (indicator,))
    tests = list(expected(workbook_firings(inputs, (indicator,), ()), inputs, indicator))
    (folder / "rules.yaml").write_text(yaml.safe_dump(rules(indicator, width_us)))
    counters = [
        {"series": f'{name}{{tenant="{one.tenant}"}}', "values": samples(values)}
        for one in found
        for name, values in (("valid_total", one.valid), ("bad_total", one.bad))
    ]
    step = _seconds(width_us)
    document = {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": step,
        "tests": [{"interval": step, "input_series": counters, "alert_rule_test": tests}],
    }
    (folder / "test.yaml").write_text(yaml.safe_dump(document, width=1_000_000))
    told = subprocess.run(
        [str(PROMTOOL), "test", "rules", "test.yaml"], cwd=folder, capture_output=True, text=True, check=False
    )
    return len(tests), "" if told.returncode == 0 else (told.stdout + told.stderr)[:4000]
