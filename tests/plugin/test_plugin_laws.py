"""The laws of a `determinism` item with hypothesis' options and its database, and without a server."""

from __future__ import annotations

import re

import pytest
from shop import Shop

DETERMINISM = "errorbudget.toml::determinism[availability]"
# One law with an engine that loses the row it read last, of more than three. It writes down what it counts.
BROKEN = """
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from pytest_errorbudget.model.slo import Rolling, Sli, SliKind, Slo
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.pipeline.law_trials import FurtherEngine, determinism_trials
from pytest_errorbudget.readers.events.engines.rows import row_counter

SLO = Slo(
    name="ok",
    service="api",
    sli=Sli(events="requests", good="status < 500", where=None, kind=SliKind.AVAILABILITY),
    objective=Fraction(99, 100),
    period=Rolling(86_400_000_000),
    span=Span("slo.yaml", 1),
)

@contextmanager
def lossy(slo, tenants):
    with row_counter(slo, tenants) as count, Path("counted.txt").open("a") as counted:
        def wrong(rows, window_us, as_of_us):
            print(rows, file=counted)
            return count(rows[:-1] if len(rows) > 3 else rows, window_us, as_of_us)
        yield wrong

def test_engines_agree():
    trials = determinism_trials(SLO, 300_000_000, further=[FurtherEngine(name="lossy", engine=lossy)])
    trials[-1].check()
"""
UNSHRUNK = """
from hypothesis import Phase, settings

settings.register_profile("unshrunk", parent=settings.get_profile("default"), phases=[Phase.generate])
"""
ROWS = re.compile(r"E +(?:[\w.]+: )?(up to -?\d+ µs)\n((?:E .*\n)+?)E +\]\n")


@pytest.fixture
def broken(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeini("[pytest]\n")
    pytester.makeconftest(UNSHRUNK)
    pytester.makepyfile(test_laws=BROKEN)
    return pytester


def found(pytester: pytest.Pytester, profile: str, *arguments: str) -> str:
    """The events of the failing example, as they are printed.

    The profile is always named: hypothesis takes another one where it sees that it runs in a CI.
    """
    # A profile and a seed are the whole process's: each run has one of its own.
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", f"--hypothesis-profile={profile}", *arguments)
    result.assert_outcomes(failed=1)
    printed = ROWS.search(result.stdout.str() + "\n")
    assert printed is not None, result.stdout.str()
    return "\n".join(line.removeprefix("E").strip() for line in printed[0].splitlines())


def test_a_seed_gives_the_same_examples_again(broken: pytest.Pytester) -> None:
    counted = broken.path / "counted.txt"

    def tried(seed: int) -> str:
        found(broken, "unshrunk", f"--hypothesis-seed={seed}")
        text = counted.read_text()
        counted.unlink()
        return text

    first = tried(0)
    assert tried(0) == first
    assert tried(1) != first


def test_a_failing_example_is_kept_and_tried_first(broken: pytest.Pytester) -> None:
    first = found(broken, "default")
    assert (broken.path / ".hypothesis").is_dir()
    counted = broken.path / "counted.txt"
    counted.unlink()
    assert found(broken, "default") == first
    tried = counted.read_text().splitlines()[0]
    shown = [line.strip().removesuffix(",") for line in first.splitlines() if "EventRow(" in line]
    assert shown
    assert [row for row in shown if row not in tried] == []


def test_in_a_ci_the_examples_are_the_same_without_a_seed_and_none_is_kept(broken: pytest.Pytester) -> None:
    counted = broken.path / "counted.txt"
    first = found(broken, "ci")
    tried = counted.read_text()
    counted.unlink()
    assert not (broken.path / ".hypothesis" / "examples").exists()
    assert found(broken, "ci") == first
    assert counted.read_text() == tried


def test_laws_that_need_a_server_are_skipped_without_one(shop: Shop) -> None:
    shop.count_events()
    shop.write("conftest.py", 'import hypothesis\nhypothesis.settings.register_profile("few", max_examples=2)\n')
    result = shop.pytester.runpytest_subprocess("--errorbudget", "-rs", "--hypothesis-profile=few", DETERMINISM)
    result.assert_outcomes(skipped=1)
    reason = "the law `engines agree: PostgreSQL`: the environment variable SHOP_REPLAY_URL is not set"
    result.stdout.fnmatch_lines([f"SKIPPED * not checked: {reason}"])
