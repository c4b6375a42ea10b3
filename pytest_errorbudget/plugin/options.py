"""The command line flags. Standard library and pytest only: plain pytest pays for this import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

_COUNTS_SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The flags of one run; ``None`` where a flag was not given."""

    enabled: bool
    init: bool
    config: str | None
    as_of: str | None
    log: str | None
    facts: str | None
    counts: str | None
    fail_on: str | None
    update: bool
    baseline: bool
    invocation_dir: Path

    def place(self, path: str | None) -> Path | None:
        """A path as the user means it: relative to the folder in which pytest was started."""
        return None if path is None else self.invocation_dir / path


def add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("errorbudget", "error budgets, schema drift and Rust contracts")
    group.addoption(
        "--errorbudget",
        action="store_true",
        dest="errorbudget",
        help="check tenants, migrations, Rust types and queries, burn rates and thresholds as generated items",
    )
    group.addoption(
        "--errorbudget-init",
        action="store_true",
        dest="errorbudget_init",
        help="write an errorbudget.toml that fits this repository, to be filled in, and run nothing",
    )
    for name, metavar, text in (
        ("config", "PATH", "the settings file (default: errorbudget.toml in the rootdir)"),
        ("as-of", "RFC3339", "the moment of the run; default: the lock's, else the newest complete event window"),
        ("log", "PATH", "the execution log (default: .errorbudget/execution-log.json in the rootdir)"),
        ("facts", "PATH", "write everything that was gathered, as JSON"),
        ("counts", "PATH", "write the table of counts (.csv or .parquet)"),
    ):
        group.addoption(
            f"--errorbudget-{name}",
            metavar=metavar,
            dest=f"errorbudget_{name.replace('-', '_')}",
            help=text,
        )
    group.addoption(
        "--errorbudget-fail-on",
        choices=("error", "warning"),
        dest="errorbudget_fail_on",
        help="the least severity that fails an item (default: the settings', else error)",
    )
    group.addoption(
        "--errorbudget-update",
        action="store_true",
        dest="errorbudget_update",
        help="rewrite errorbudget.lock, its table of evidence and errorbudget.tenants.toml from this run",
    )
    group.addoption(
        "--errorbudget-baseline",
        action="store_true",
        dest="errorbudget_baseline",
        help="append an [[allow]] entry to the settings for each error and warning of this run",
    )


def options_of(config: pytest.Config) -> Options:
    option = config.getoption
    return Options(
        enabled=option("errorbudget"),
        init=option("errorbudget_init"),
        config=option("errorbudget_config"),
        as_of=option("errorbudget_as_of"),
        log=option("errorbudget_log"),
        facts=option("errorbudget_facts"),
        counts=option("errorbudget_counts"),
        fail_on=option("errorbudget_fail_on"),
        update=option("errorbudget_update"),
        baseline=option("errorbudget_baseline"),
        invocation_dir=config.invocation_params.dir,
    )


def refuse_misuse(options: Options) -> None:
    """Usage errors that need no settings. The fixtures obey ``config`` and ``as-of`` without ``--errorbudget`` too."""
    idle = (
        ("log", options.log),
        ("facts", options.facts),
        ("counts", options.counts),
        ("fail-on", options.fail_on),
        ("update", options.update or None),
        ("baseline", options.baseline or None),
    )
    for name, value in idle:
        if value is not None and not options.enabled:
            raise pytest.UsageError(
                f"--errorbudget-{name} does nothing without --errorbudget, which switches the checks on: give both"
            )
    if options.counts is not None and not options.counts.endswith(_COUNTS_SUFFIXES):
        raise pytest.UsageError(
            f"--errorbudget-counts {options.counts}: the table of counts is written as .csv or .parquet"
        )
    if options.as_of is not None:
        from pytest_errorbudget.model.formats.moment import moment_us

        try:
            moment_us(options.as_of)
        except ValueError as error:
            raise pytest.UsageError(f"--errorbudget-as-of: {error}") from None
