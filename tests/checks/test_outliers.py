"""Which tenants are left out of their cohort's thresholds."""

from __future__ import annotations

import random

import pytest

from pytest_errorbudget.checks.outliers import outlier_findings, outliers
from pytest_errorbudget.model.settings import Cohort
from pytest_errorbudget.model.threshold import Evidence

USUAL = {"a": 10, "b": 11, "c": 9, "d": 12, "e": 10, "f": 8}


def evidence(bad: dict[str, int], valid: int = 10_000) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(tenant=tenant, slo="ok", start_us=0, valid=valid, bad=number, failing_slots=0)
        for tenant, number in bad.items()
    )


def cohort(bad: dict[str, int]) -> Cohort:
    return Cohort(name="gold", tenants=tuple(bad))


def left_out(bad: dict[str, int]) -> list[str]:
    return [one.tenant for one in outliers(evidence(bad), (cohort(bad),))]


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (USUAL, []),
        ({**USUAL, "f": 500}, ["f"]),
        ({**USUAL, "f": 0}, ["f"]),
        ({**USUAL, "e": 900, "f": 500}, ["e", "f"]),
        ({"a": 10, "b": 11, "c": 9, "d": 500}, []),
        (dict.fromkeys("abcdef", 0), []),
        ({**dict.fromkeys("abcde", 10), "f": 500}, ["f"]),
        ({**dict.fromkeys("abcde", 10), "f": 11}, []),
        ({**dict.fromkeys("abcde", 0), "f": 1}, ["f"]),
    ],
    ids=[
        "alike",
        "one fails far more",
        "one fails far less",
        "two fail",
        "four tenants are too few",
        "nobody fails",
        "MAD 0 and far",
        "MAD 0 and near",
        "MAD 0 and the first failure",
    ],
)
def test_who_is_left_out(bad: dict[str, int], expected: list[str]) -> None:
    assert left_out(bad) == expected


def test_distance_is_told_in_scaled_mads_and_unknown_where_the_mad_is_0() -> None:
    far = {**USUAL, "f": 500}
    (one,) = outliers(evidence(far), (cohort(far),))
    assert (one.bad, one.valid) == (500, 10_000)
    assert one.distance is not None
    assert float(one.distance) == pytest.approx(26.6, rel=0.5)
    flat = {**dict.fromkeys("abcde", 10), "f": 500}
    (two,) = outliers(evidence(flat), (cohort(flat),))
    assert two.distance is None


def test_the_order_of_the_evidence_does_not_matter() -> None:
    rows = list(evidence({**USUAL, "f": 500}))
    expected = outliers(rows, (cohort(USUAL),))
    random.Random(1).shuffle(rows)
    assert outliers(rows, (cohort(USUAL),)) == expected


def test_a_tenant_of_another_cohort_is_no_outlier_here() -> None:
    rows = evidence({**USUAL, "z": 5_000})
    assert outliers(rows, (cohort(USUAL), Cohort(name="trial", tenants=("z",)))) == ()


def test_an_outlier_is_a_warning_on_its_cohorts_item() -> None:
    flat = {**dict.fromkeys("abcde", 10), "f": 500}
    (finding,) = outlier_findings(outliers(evidence(flat), (cohort(flat),)), "errorbudget.toml")
    assert finding.message == (
        "tenant f is an outlier of cohort gold for `ok`: 5.000% of its events are bad (500 of 10,000)"
    )
    assert [str(item) for item in finding.items] == ["errorbudget.toml::thresholds[gold/ok]"]
    assert finding.tenants == ("f",)
