"""What cannot be understood is refused at the start, with what to do, and nothing runs."""

from __future__ import annotations

import pytest
from shop import SETTINGS, Shop


def refused(result: pytest.RunResult, *lines: str) -> None:
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == list(lines)


def test_every_error_of_the_settings_names_its_line(shop: Shop) -> None:
    shop.write("errorbudget.toml", 'slos = []\nmanifst = "Cargo.toml"\n\n[replay]\nbinarys = "/usr"\n')
    refused(
        shop.run(),
        "ERROR: errorbudget.toml:2:1: unknown key `manifst`",
        "  Nothing is checked until the settings can be read.",
        "  did you mean `manifest`?",
        "errorbudget.toml:5:1: unknown key `binarys`",
        "  Nothing is checked until the settings can be read.",
        "  did you mean `binaries`?",
    )


def test_settings_that_are_no_toml(shop: Shop) -> None:
    shop.write("errorbudget.toml", "[[database]]\nname = \n")
    result = shop.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: errorbudget.toml:2:*: not valid TOML: *"])


def test_a_tenant_in_no_cohort(shop: Shop) -> None:
    shop.write("errorbudget.toml", SETTINGS.replace('[cohorts.standard]\ntenants = "others"\n', ""))
    result = shop.run("--collect-only")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: errorbudget.toml:*: the tenant `globex` is in no cohort*"])


def test_settings_that_are_not_there(shop: Shop) -> None:
    refused(
        shop.run("--errorbudget-config", "conf/errorbudget.toml"),
        f"ERROR: --errorbudget-config conf/errorbudget.toml: there is no such file (looked for "
        f"{shop.root}/conf/errorbudget.toml). Give the path of an errorbudget.toml, relative to the current folder.",
    )


@pytest.mark.parametrize(
    ("moment", "says"),
    [
        ("nonsense", "`nonsense` is not a moment: write it as 2026-11-01T00:00:00Z"),
        ("2026-11-01T00:00:00", "`2026-11-01T00:00:00` has no time zone: write Z for UTC, as in 2026-11-01T00:00:00Z"),
    ],
)
def test_a_moment_that_is_none(shop: Shop, moment: str, says: str) -> None:
    refused(shop.run("--errorbudget-as-of", moment), f"ERROR: --errorbudget-as-of: {says}")


def test_counts_in_an_unknown_format(shop: Shop) -> None:
    refused(
        shop.run("--errorbudget-counts", "counts.xlsx"),
        "ERROR: --errorbudget-counts counts.xlsx: the table of counts is written as .csv or .parquet",
    )


@pytest.mark.parametrize(
    "flags",
    [
        ["--errorbudget-update"],
        ["--errorbudget-baseline"],
        ["--errorbudget-log", "log.json"],
        ["--errorbudget-facts", "facts.json"],
        ["--errorbudget-counts", "counts.csv"],
        ["--errorbudget-fail-on", "warning"],
    ],
    ids=lambda flags: flags[0],
)
def test_a_flag_that_does_nothing_alone(shop: Shop, flags: list[str]) -> None:
    refused(
        shop.pytest(*flags),
        f"ERROR: {flags[0]} does nothing without --errorbudget, which switches the checks on: give both",
    )
