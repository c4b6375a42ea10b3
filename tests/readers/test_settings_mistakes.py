"""Mistakes that people make in ``errorbudget.toml``: what is wrong, where, and what to write instead."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from pytest_errorbudget.readers.settings.examples import ENTRY, EXAMPLES
from pytest_errorbudget.readers.settings.file import SettingsFile
from pytest_errorbudget.readers.settings.read import read_settings

SETTINGS = """\
[[database]]
name = "core"
url = "env:CORE_URL"
migrations = { path = "migrations", per = "tenant" }
services = ["billing"]

[database.tenants]
layout = "schema"
names = { acme = "acme_prod", globex = "globex" }

[[events]]
name = "requests"
source = { parquet = "events/*.parquet" }
columns = { id = "event_id", time = "occurred_at" }
lateness = "10m"

[[slo]]
name = "fast"
service = "billing"
events = "requests"
good = "latency_ms <= 300"
objective = "99 %"
period = "28d"

[cohorts.gold]
tenants = ["acme"]

[cohorts.rest]
tenants = "others"
"""
NOT_A_URL = (
    "`url` is not a PostgreSQL URL or `env:NAME`; write `env:DATABASE_URL` or `postgresql://user@host:5432/name`"
)
A_TEXT = "where a text belongs"
SHARE = "write an exact share as text: `99.95 %`, `0.9995`, `1999/2000`; no floats"


def told(folder: Path, text: str) -> list[str]:
    (folder / "errorbudget.toml").write_text(text, encoding="utf-8")
    settings, problems = read_settings(folder, "errorbudget.toml", {})
    assert (settings is None) is bool(problems)
    return [f"{one.span}: {one.message}; {one.help}".removeprefix("errorbudget.toml:") for one in problems]


def test_without_a_mistake_nothing_is_said(tmp_path: Path) -> None:
    assert told(tmp_path, SETTINGS) == []


@pytest.mark.parametrize(
    ("written", "instead", "problem"),
    [
        # tables and lists
        ("[[database]]", "[database]", "1:2: `database` is a table, where a list belongs; write for example "
         "`[[database]]`, with two brackets: there may be several"),
        ("[[slo]]", "[slo]", "17:2: `slo` is a table, where a list belongs; write for example `[[slo]]`, with two "
         "brackets: there may be several"),
        ('["billing"]', '"billing"', "5:1: `services` is a text, where a list belongs; write for example "
         '`services = ["billing"]`'),
        ('["billing"]', '["billing", 3]', "5:24: `services` is a number, where a text belongs; write for example "
         '`services = ["billing"]`'),
        ('{ path = "migrations", per = "tenant" }', '"migrations"', "4:1: `migrations` is a text, where a table or a "
         'list belongs; write for example `migrations = { path = "migrations", per = "tenant" }`'),
        ('{ parquet = "events/*.parquet" }', '"events/*.parquet"', "13:1: `source` is a text, where a table belongs; "
         'write for example `source = { parquet = "events/*.parquet" }`'),
        ('["acme"]', '"acme"', "26:1: `acme` is nothing that `tenants` may be; write for example "
         '`tenants = ["acme", "eu-*"]`, or "others"'),
        # what is missing or empty
        ('layout = "schema"\n', "", '7:11: [database.tenants] has no `layout`; write "schema", "partition" or '
         '"database"'),
        ('name = "requests"\n', "", '11:1: [[events]] has no `name`; write for example `name = "requests"`'),
        ('events = "requests"\n', "", '17:1: [[slo]] has no `events`; write for example `events = "requests"`'),
        ('good = "latency_ms <= 300"\n', "", '17:1: [[slo]] has no `good`; write for example `good = "status < 500"`'),
        ('"latency_ms <= 300"', '""', "21:1: `good` is empty; write for example `good = \"status < 500\"`"),
        ('globex = "globex"', 'globex = ""', "9:31: `globex` is empty; write for example `acme = \"acme_prod\"`"),
        # values of another kind
        ('globex = "globex"', "globex = 3", f"9:31: `globex` is a number, {A_TEXT}; write for example "
         '`acme = "acme_prod"`'),
        ('time = "occurred_at"', "time = 3", f"14:30: `time` is a number, {A_TEXT}; write for example "
         '`time = "occurred_at"`'),
        ('lateness = "10m"', "lateness = 10", f"15:1: `lateness` is a number, {A_TEXT}; write one such as `10m`, or "
         "`0s`"),
        ('"99 %"', "99", f"22:1: `objective` is a number, {A_TEXT}; {SHARE}"),
        ('"99 %"', "0.99", f"22:1: `objective` is a number, {A_TEXT}; {SHARE}"),
        ('"28d"', "28", "23:1: `period` is a number, where a text or a table belongs; write one such as `10m`, `1h`, "
         "`28d`"),
        ('"tenant" }', '"tenants" }', '4:37: `tenants` is nothing that `per` may be; write "shared" or "tenant"'),
        ('"schema"', '"schemas"', '8:1: `schemas` is nothing that `layout` may be; write "schema", "partition" or '
         '"database"'),
        # URLs, of which none is shown: it may hold a password
        ("env:CORE_URL", "$CORE_URL", f"3:1: {NOT_A_URL}"),
        ("env:CORE_URL", "${CORE_URL}", f"3:1: {NOT_A_URL}"),
        ("env:CORE_URL", "env:", f"3:1: {NOT_A_URL}"),
        ("env:CORE_URL", "env: CORE_URL", f"3:1: {NOT_A_URL}"),
        ("env:CORE_URL", "env:CORE-URL", f"3:1: {NOT_A_URL}"),
        ("env:CORE_URL", "ENV:CORE_URL", f"3:1: {NOT_A_URL}"),
        ("env:CORE_URL", "jdbc:postgresql://me:secret@db/core", f"3:1: {NOT_A_URL}"),
        # keys
        ("lateness", "latency", "15:1: unknown key `latency`; write it in `columns`: `columns = { latency = … }`"),
        ('period = "28d"', 'calendar = "1M"', "23:1: unknown key `calendar`; write it in `period`: "
         "`period = { calendar = … }`"),
        ('period = "28d"', 'zone = "UTC"', "23:1: unknown key `zone`; write it in `period`: `period = { zone = … }`"),
        ('period = "28d"', 'peroid = "28d"', "23:1: unknown key `peroid`; did you mean `period`?"),
        ('{ parquet =', "{ parket =", "13:12: unknown key `parket`; did you mean `parquet`?"),
        ("[cohorts.gold]", "[cohort.gold]", "25:2: unknown key `cohort`; did you mean `cohorts`?"),
        ('name = "fast"', 'name = "fast"\nname = "slow"', "19:1: not valid TOML: duplicate key; keep one of them, or "
         "put both into one table"),
        # what is there twice, or not at all
        ('"acme"]', '"acme", "acme"]', "26:20: the tenant `acme` is in the cohort `gold` already; name it in one of "
         "them"),
        ('"28d"', '"9999999d"', "23:1: `9999999d` is longer than a hundred years: write a shorter duration, such as "
         "`28d`; "),
        ('events = "requests"', 'events = "request"', "20:1: the SLO `fast` counts the events `request`, which no "
         "[[events]] defines; defined are: `requests`"),
    ],
)  # fmt: skip
def test_a_mistake(tmp_path: Path, written: str, instead: str, problem: str) -> None:
    assert written in SETTINGS
    assert told(tmp_path, SETTINGS.replace(written, instead, 1)) == [problem]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('[[events]]\nname = "requests"\nsource = { csv = "x.csv" }\n',
         "31:1: two event sources are called `requests`; rename one of them"),
        ('[cohorts.others]\ntenants = "others"\n',
         "31:1: `others` is taken by the cohort `rest` already; let one cohort take the rest"),
        ('[[allow]]\nrule = "sli-clock"\nwhere = "x"\nreason = "y"\nuntil = "soon"\n',
         "34:1: `soon` is no date; write for example `until = 2027-03-31`"),
        ('[[allow]]\nrule = "sli-clock"\nwhere = "x"\n',
         '30:1: [[allow]] has no `reason`; write for example `reason = "why this is accepted"`'),
        ('[determinism]\nengines = "spark"\n',
         '31:1: `engines` is a text, where a list belongs; write for example `engines = ["postgres"]`'),
    ],
)  # fmt: skip
def test_a_mistake_in_what_is_added(tmp_path: Path, more: str, problem: str) -> None:
    assert told(tmp_path, SETTINGS + more) == [problem]


def test_every_example_is_what_the_format_takes() -> None:
    """Those of tables name their heading, which the documentation has in full."""
    for key, example in EXAMPLES.items():
        if "`" in example:
            continue
        found = tomllib.loads(example)
        assert len(found) == 1
        assert msgspec.convert(_around(key, next(iter(found.values()))), SettingsFile) is not None


REST: dict[tuple[str, ...], dict[str, object]] = {
    ("allow",): {"rule": "a", "where": "b", "reason": "c"},
    ("database", "tenants"): {"layout": "schema"},
    ("database", "migrations"): {"path": "m"},
    ("events",): {"name": "a", "source": {"parquet": "b"}},
    ("indicators", ENTRY): {"events": "a", "good": "b"},
    ("slo",): {"name": "a", "service": "b", "events": "c", "good": "d", "objective": "99 %"},
}
LAYOUTS = {"key": "partition", "tables": "partition", "urls": "database"}


def _around(key: tuple[str, ...], value: object) -> dict[str, object]:
    """The smallest settings that hold the value at the key."""
    for depth in range(len(key) - 1, -1, -1):
        entry = "time" if key[:depth] == ("events", "columns") else "other"
        step = entry if key[depth] == ENTRY else key[depth]
        rest = dict(REST.get(key[:depth], {}))
        if key[:depth] == ("database", "tenants") and step in LAYOUTS:
            rest = {"layout": LAYOUTS[step], **({"key": "a"} if step == "tables" else {})}
        table = {**rest, step: value}
        is_list = key[:depth] in {("allow",), ("database",), ("events",), ("slo",)}
        value = [table] if is_list else table
    assert isinstance(value, dict)
    return value
