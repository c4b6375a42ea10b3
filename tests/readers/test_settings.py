"""Settings: what a file means, and what each error of it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from textwrap import dedent

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.checks.burn import objective_of
from pytest_errorbudget.model.settings import Cohort, CohortColumn, EngineName, EventFormat, MigrationScope, Settings
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.share import parse_share
from pytest_errorbudget.model.slo import Calendar, CalendarUnit, Timeslices
from pytest_errorbudget.model.tenant import InDatabase, InPartition, InSchema, Tenant
from pytest_errorbudget.readers.settings.file import SettingsFile
from pytest_errorbudget.readers.settings.read import read_settings

SMALLEST = """
[[database]]
url = "env:DATABASE_URL"
tenants = { layout = "schema", names = ["acme_prod", "globex"] }
"""

FULL = """
fail-on = "warning"
window = "1m"

[[database]]
name = "core"
url = "env:CORE"
migrations = { path = "migrations", per = "tenant" }
services = ["billing"]
tenants = { layout = "schema", pattern = "tenant_*", except = ["tenant_template"] }

[[database]]
name = "events"
migrations = { path = "services/ingest/migrations", per = "shared" }
tenants = { layout = "partition", key = "tenant_id", names = ["tenant_a"] }

[[database]]
name = "sovereign"
tenants = { layout = "database", urls = { initech = "env:INITECH" } }

[[events]]
name = "requests"
source = { ndjson = ["a/*.ndjson", "b.ndjson"] }
columns = { id = "id", tenant = "who", time = "at", replica = "shard" }
lateness = "10m"
tenants = { T1 = "tenant_a" }

[cohorts.gold]
tenants = ["tenant_a"]
objectives = { latency = "99.9 %" }

[cohorts.standard]
tenants = "others"

[[slo]]
name = "latency"
service = "billing"
events = "requests"
good = "latency_ms <= 300"
where = "route <> '/health'"
objective = "99.5 %"
period = "30d"

[[allow]]
rule = "index-missing"
where = "tenant_legacy.invoices"
reason = "dropped in #812"
until = 2027-03-01
"""


def settings_of(folder: Path, text: str, locked: Mapping[str, tuple[str, ...]] | None = None) -> Settings:
    (folder / "errorbudget.toml").write_text(dedent(text).lstrip("\n"))
    settings, problems = read_settings(folder, "errorbudget.toml", locked or {})
    assert problems == ()
    assert settings is not None
    return settings


def errors_of(folder: Path, text: str) -> str:
    (folder / "errorbudget.toml").write_bytes(dedent(text).lstrip("\n").encode())
    settings, problems = read_settings(folder, "errorbudget.toml", {})
    assert settings is None
    return "\n".join(f"{problem.span}: {problem.message} | {problem.help}" for problem in problems)


def test_the_smallest_file(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, SMALLEST)
    assert settings.tenants == (
        Tenant("acme_prod", "default", "all", InSchema("acme_prod")),
        Tenant("globex", "default", "all", InSchema("globex")),
    )
    assert settings.cohorts == (Cohort(name="all", tenants=("acme_prod", "globex")),)
    assert settings.fail_on is Severity.ERROR
    assert settings.confidence == Fraction(992, 1000)


def test_a_full_file(tmp_path: Path) -> None:
    locked = {"core": ("public", "tenant_a", "tenant_b", "tenant_template")}
    settings = settings_of(tmp_path, FULL, locked)
    assert [(tenant.name, tenant.customer, tenant.cohort, tenant.layout) for tenant in settings.tenants] == [
        ("core/tenant_a", "tenant_a", "gold", InSchema("tenant_a")),
        ("core/tenant_b", "tenant_b", "standard", InSchema("tenant_b")),
        ("events/tenant_a", "tenant_a", "gold", InPartition("tenant_id", "tenant_a")),
        ("sovereign/initech", "initech", "standard", InDatabase("env:INITECH")),
    ]
    assert settings.customers == ("tenant_a", "tenant_b", "initech")
    assert settings.cohorts == (
        Cohort(name="gold", tenants=("tenant_a",), objectives=(("latency", Fraction(999, 1000)),)),
        Cohort(name="standard", tenants=("tenant_b", "initech")),
    )
    (source,) = settings.events
    assert (source.format, source.paths) == (EventFormat.NDJSON, ("a/*.ndjson", "b.ndjson"))
    assert (source.lateness_us, source.tenants) == (600_000_000, (("T1", "tenant_a"),))
    (slo,) = settings.slos
    assert (slo.objective, slo.budget, slo.period_us) == (Fraction(199, 200), Fraction(1, 200), 30 * 86_400_000_000)
    migrations = [database.migrations for database in settings.databases]
    assert [m and m.scope for m in migrations] == [MigrationScope.TENANT, MigrationScope.SHARED, None]
    assert (settings.window_us, settings.fail_on) == (60_000_000, Severity.WARNING)
    (allowance,) = settings.allowances
    assert (allowance.rule, str(allowance.until), allowance.span.line) == ("index-missing", "2027-03-01", 43)


PERIOD = "[[slo]]\nname = 'up'\nservice = 's'\nevents = 'r'\ngood = 'ok'\nobjective = '99 %'\nperiod = "
CALENDAR = 'write `period = {{ calendar = "{}" }}`, or a rolling one such as `28d`'


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "a = ",
            "errorbudget.toml:1:5: not valid TOML: string values must be quoted, expected literal string | "
            "correct the syntax: https://toml.io/en/v1.0.0 has each form with an example",
        ),
        ("[[databse]]\n", "errorbudget.toml:1:3: unknown key `databse` | did you mean `database`?"),
        (
            '[[database]]\ntenants = { layout = "schema", nmes = [] }\n',
            "errorbudget.toml:2:32: unknown key `nmes` | did you mean `names`?",
        ),
        (
            '[cohorts.gold]\ntenants = "others"\nqqq = 1\n',
            "errorbudget.toml:3:1: unknown key `qqq` | known here: `objectives`, `tenants`",
        ),
        (
            'fail-on = "never"\n',
            'errorbudget.toml:1:1: `never` is nothing that `fail-on` may be | write "error" or "warning"',
        ),
        (
            '[[database]]\ntenants = { layout = "shema" }\n',
            "errorbudget.toml:2:13: `shema` is nothing that `layout` may be | "
            'write "schema", "partition" or "database"',
        ),
        (
            "[cohorts.a]\ntenants = 'others'\n[cohorts.b]\ntenants = 3\n",
            "errorbudget.toml:4:1: `tenants` is a number, where a text or a list belongs | write for example "
            '`tenants = ["acme", "eu-*"]`, or "others"',
        ),
        (
            "[thresholds]\nconfidence = 0.992\n",
            "errorbudget.toml:2:1: `confidence` is a number, where a text belongs | write an exact share as text: "
            "`99.95 %`, `0.9995`, `1999/2000`; no floats",
        ),
        (
            '[thresholds]\nconfidence = "992 %"\n',
            "errorbudget.toml:2:1: `992 %` is not between 0 and 100 %: write it as `99.95 %`, `0.9995` or "
            "`1999/2000` | ",
        ),
        (
            SMALLEST + "[cohorts.gold]\ntenants = ['acme_prod', 'globx']\n",
            "errorbudget.toml:5:25: there is no tenant `globx` | listed are: `acme_prod`, `globex`\n"
            "errorbudget.toml:4:2: the tenant `globex` is in no cohort | "
            'add it to one, or write `tenants = "others"` in the cohort that takes the rest',
        ),
        (
            '[[database]]\ntenants = { layout = "schema", names = { a = "s", b = "s" } }\n',
            "errorbudget.toml:2:32: two tenants share `s` | each tenant has a place of its own, once",
        ),
        (
            "[[events]]\nname = 'r'\nsource = { parquet = 'a', csv = 'b' }\n",
            "errorbudget.toml:3:1: the events `r` need exactly one source, and name 2 | "
            'write for example `source = { parquet = "exports/*.parquet" }`',
        ),
        (
            "[[events]]\nname = 'r'\nsource = { postgres = 'public.r' }\n",
            "errorbudget.toml:3:1: the events `r` are in postgres and have no `url`: a table in PostgreSQL needs one, "
            'and nothing else has one | write for example `source = { postgres = "public.requests", url = '
            '"env:EVENTS_DATABASE_URL" }`',
        ),
        (
            "[[events]]\nname = 'r'\nslot = '5m'\nsource = { csv = 'a.csv' }\n",
            "errorbudget.toml:3:1: the counts `r` need the columns that hold their `good` and `bad` events | write for "
            'example `columns = { time = "slot", good = "good", bad = "bad" }`',
        ),
        (
            "[[events]]\nname = 'r'\nslot = '7m'\nsource = { csv = 'a.csv' }\ncolumns = { good = 'g', bad = 'b' }\n",
            "errorbudget.toml:3:1: a window of `5m` is not a whole number of the slots of `r` | set `window` to a "
            "multiple of the slot",
        ),
        (
            "[[slos]]\nname = 'up'\nservice = 's'\n",
            "errorbudget.toml:1:1: `slos` lists the paths of OpenSLO files, and this is a table | write the short form "
            "under `[[slo]]`",
        ),
        (PERIOD + "'1 month'\n", "errorbudget.toml:7:1: `1 month` is not a duration | " + CALENDAR.format("1M")),
        (PERIOD + "'1M'\n", "errorbudget.toml:7:1: `1M` is not a duration | " + CALENDAR.format("1M")),
        (PERIOD + "'3mo'\n", "errorbudget.toml:7:1: `3mo` is not a duration | " + CALENDAR.format("3M")),
        (PERIOD + "'quarter'\n", "errorbudget.toml:7:1: `quarter` is not a duration | " + CALENDAR.format("1Q")),
        (PERIOD + "'2 years'\n", "errorbudget.toml:7:1: `2 years` is not a duration | " + CALENDAR.format("2Y")),
        (
            PERIOD + "'30 days'\n",
            "errorbudget.toml:7:1: `30 days` is not a duration | write one such as `10m`, `1h`, `28d`",
        ),
        (
            PERIOD + "{ calendar = 'month' }\n",
            "errorbudget.toml:7:12: `month` is not a span of the calendar | write one such as `1w`, `1M`, `1Q`",
        ),
        ("window = '1M'\n", "errorbudget.toml:1:1: `1M` is not a duration | write one such as `10m`, `1h`, `28d`"),
        (
            "memory = 'all'\n",
            "errorbudget.toml:1:1: `all` is not an amount of memory | write one such as `320 MiB`, `2 GiB`",
        ),
        (
            "[[slo]]\nname = 'up'\nservice = 's'\nevents = 'requests'\ngood = 'ok'\nobjective = '99 %'\n",
            "errorbudget.toml:4:1: the SLO `up` counts the events `requests`, which no [[events]] defines | "
            "defined are: none",
        ),
        (
            "window = '5m'\nslide = '7m'\n",
            "errorbudget.toml:2:1: windows of `5m` that start every `7m` leave out the events between them | set "
            "`slide` to no more than `window`",
        ),
        (
            "window = '14m'\n[[events]]\nname = 'r'\nslot = '7m'\nsource = { csv = 'a.csv' }\n"
            "columns = { tenant = 't', time = 'at', good = 'g', bad = 'b' }\n",
            "errorbudget.toml:1:1: events are counted in steps of 14m, the largest that fits the slots, `window` and "
            "`slide`, and an hour is no whole number of them | use slots and windows that divide an hour, such as 1m, "
            "5m or 30m",
        ),
    ],
)
def test_every_error_names_its_line_and_what_to_write(tmp_path: Path, text: str, error: str) -> None:
    assert errors_of(tmp_path, text) == error


def test_an_slo_may_not_be_called_like_another_kind_of_item(tmp_path: Path) -> None:
    text = """
    [[events]]
    name = "requests"
    source = { csv = "a.csv" }
    [[slo]]
    name = "determinism"
    service = "s"
    events = "requests"
    good = "ok"
    objective = "99 %"
    """
    assert errors_of(tmp_path, text) == (
        "errorbudget.toml:4:1: an SLO may not be called `determinism`: generated items have that name | rename it"
    )


def test_no_lateness_at_all_may_be_written_down(tmp_path: Path) -> None:
    (source,) = settings_of(tmp_path, SHORT.replace("source =", 'lateness = "0s"\nsource =')).events
    assert source.lateness_us == 0


def test_bytes_that_are_not_text(tmp_path: Path) -> None:
    (tmp_path / "errorbudget.toml").write_bytes(b"\xff\xfe")
    settings, (problem,) = read_settings(tmp_path, "errorbudget.toml", {})
    assert settings is None
    assert problem.message == "`errorbudget.toml` cannot be read: the byte 0xFF is not UTF-8"


@given(st.text(max_size=200))
def test_any_text_gives_settings_or_problems(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "errorbudget.toml").write_bytes(text.encode(errors="surrogatepass"))
    settings, problems = read_settings(folder, "errorbudget.toml", {})
    assert (settings is None) == bool(problems)


@given(st.integers(0, 100_000).map(lambda n: Fraction(n, 100_000)))
def test_a_share_is_read_exactly_in_each_spelling(share: Fraction) -> None:
    as_decimal = f"{share.numerator * 100_000 // share.denominator:06d}"
    decimal = f"{as_decimal[:-5]}.{as_decimal[-5:]}"
    percent = f"{as_decimal[:-3]}.{as_decimal[-3:]} %"
    assert {parse_share(text) for text in (decimal, percent, f"{share.numerator}/{share.denominator}")} == {share}


def test_settings_are_values(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, SMALLEST)
    assert hash(settings) == hash(replace(settings))


def test_the_published_json_schema_is_the_format_itself() -> None:
    published = files("pytest_errorbudget.readers").joinpath("schemas", "errorbudget.schema.json")
    assert json.loads(published.read_text()) == msgspec.json.schema(SettingsFile)


SHORT = """\
[[events]]
name = "requests"
source = { parquet = "events/*.parquet" }

[[slo]]
name = "ok"
service = "api"
events = "requests"
good = "status < 500"
objective = "99 %"
"""


def test_a_budget_of_time_over_the_calendar_in_the_short_form(tmp_path: Path) -> None:
    time = 'budgeting = "timeslices"\nslice = "10m"\nslice-target = "95 %"\n'
    (slo,) = settings_of(tmp_path, SHORT + time + 'period = { calendar = "1M", zone = "Europe/Berlin" }\n').slos
    assert slo.budgeting == Timeslices(slice_us=600_000_000, target=Fraction(95, 100))
    assert slo.period == Calendar(unit=CalendarUnit.MONTH, count=1, start=datetime(2024, 1, 1), zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('slice = "5m"\n', "errorbudget.toml:11:1: `slice` belongs to a budget of time"),
        ('budgeting = "ratio-timeslices"\n', "errorbudget.toml:11:1: `ratio-timeslices` needs a `slice`"),
        (
            'budgeting = "ratio-timeslices"\nslice = "7m"\n[[events]]\nname = "counts"\nslot = "5m"\n'
            'source = { csv = "counts.csv" }\ncolumns = { good = "good", bad = "bad" }\n',
            "errorbudget.toml:12:1: the SLO `ok` has slices of 7m, which are not whole slots of 5m of `counts`",
        ),
        (
            'period = "90s"\n',
            "errorbudget.toml:11:1: the SLO `ok` has a period of 1m30s, which is shorter than a window of 5m",
        ),
        (
            'period = { calendar = "1M", zone = "Mars/Olympus" }\n',
            "errorbudget.toml:11:29: there is no time zone `Mars/Olympus`: write an IANA name such as `Europe/Berlin`",
        ),
        (
            'period = { calendar = "1M", start = "soon" }\n',
            "errorbudget.toml:11:29: `soon` is not a date and time: write `2026-01-01T00:00:00`",
        ),
    ],
)
def test_what_an_slo_cannot_mean_is_a_problem_with_its_place(tmp_path: Path, more: str, problem: str) -> None:
    (tmp_path / "errorbudget.toml").write_text(SHORT + more)
    _, problems = read_settings(tmp_path, "errorbudget.toml", {})
    assert [f"{one.span}: {one.message}" for one in problems] == [problem]


COHORTS = """\
[[database]]
url = "env:URL"
tenants = { layout = "schema", names = ["gold_a", "gold_b", "trial_a", "acme"] }
"""


def test_a_cohort_takes_tenants_by_pattern_after_those_that_are_named(tmp_path: Path) -> None:
    cohorts = (
        '[cohorts.gold]\ntenants = ["gold_*", "acme"]\n[cohorts.trial]\ntenants = ["gold_b"]\n'
        '[cohorts.rest]\ntenants = "others"\n'
    )
    assert [(one.name, one.tenants) for one in settings_of(tmp_path, COHORTS + cohorts).cohorts] == [
        ("gold", ("gold_a", "acme")),
        ("trial", ("gold_b",)),
        ("rest", ("trial_a",)),
    ]


def test_what_is_odd_about_an_openslo_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: openslo.com/v1\nkind: Service\nmetadata: {name: api}\n")
    settings = settings_of(tmp_path, 'slos = ["a.yaml"]\n')
    assert [one.reason for one in settings.unchecked] == [
        "a.yaml:1: `apiVersion: openslo.com/v1` is read as `openslo/v1`"
    ]


def test_predicates_and_globs_have_places_of_their_own(tmp_path: Path) -> None:
    stated = '[indicators.errors]\nevents = "requests"\ngood = "ok"\nwhere = "paid"\n'
    ours = "{metricSource: {type: errorbudget, spec: {events: requests, where: ok}}}"
    direct = FOREIGN.replace("{metricSource: {type: prometheus, spec: {query: a}}}", ours)
    direct = direct.replace("{metricSource: {type: prometheus, spec: {query: b}}}", ours.replace("ok", "paid"))
    (tmp_path / "a.yaml").write_text(FOREIGN)
    (tmp_path / "b.yaml").write_text(direct.replace("checkout", "direct").replace("name: errors", "name: own"))
    written = f'slos = ["*.yaml"]\nsli-queries = ["a.sql",\n  "b.sql"]\n{SHORT}where = "true"\n{stated}'
    settings = settings_of(tmp_path, written)
    assert [(slo.name, str(slo.good_at), str(slo.where_at)) for slo in settings.slos] == [
        ("checkout", "errorbudget.toml:17:1", "errorbudget.toml:18:1"),
        ("direct", "b.yaml:11:82", "b.yaml:12:83"),
        ("ok", "errorbudget.toml:12:1", "errorbudget.toml:14:1"),
    ]
    assert [(one.text, str(one.span)) for one in settings.sli_queries] == [
        ("a.sql", "errorbudget.toml:2:16"),
        ("b.sql", "errorbudget.toml:3:3"),
    ]


FOREIGN = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: checkout}
spec:
  service: shop
  indicator:
    metadata: {name: errors}
    spec:
      ratioMetric:
        counter: false
        good: {metricSource: {type: prometheus, spec: {query: a}}}
        total: {metricSource: {type: prometheus, spec: {query: b}}}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
"""


def test_a_target_for_an_slo_that_is_not_computed_waits(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FOREIGN)
    cohorts = '[cohorts.all]\ntenants = "others"\nobjectives = { checkout = "95 %" }\n'
    own = '[objectives.acme]\ncheckout = "90 %"\n'
    settings = settings_of(tmp_path, f'slos = ["a.yaml"]\n{COHORTS}{cohorts}{own}')
    why = (
        "a target for `checkout` waits until it is computed; the SLO `checkout` is not computed: 99 % of occurrences "
        "over 28d, good of total, are numbers of `prometheus`, and not events that can be counted exactly. Say how "
        "events count it under [indicators.errors] in errorbudget.toml"
    )
    assert [(str(one.span), one.place, one.reason) for one in settings.unchecked if one.kind == "settings"] == [
        ("errorbudget.toml:7:16", "cohorts.all.objectives.checkout", why),
        ("errorbudget.toml:9:1", "objectives.acme.checkout", why),
    ]


def test_a_period_of_an_openslo_file_is_no_shorter_than_a_window(tmp_path: Path) -> None:
    ours = "{metricSource: {type: errorbudget, spec: {events: requests, where: ok}}}"
    text = FOREIGN.replace("28d", "1h").replace("{metricSource: {type: prometheus, spec: {query: a}}}", ours)
    (tmp_path / "a.yaml").write_text(
        text.replace("        total: {metricSource: {type: prometheus, spec: {query: b}}}\n", "")
    )
    written = 'window = "6h"\nslos = ["a.yaml"]\n' + SHORT.split("[[slo]]")[0]
    assert errors_of(tmp_path, written) == (
        "a.yaml:12:15: the SLO `checkout` has a period of 1h, which is shorter than a window of 6h | write a longer "
        "period, such as `28d`, or a shorter `window`"
    )


def test_a_glob_that_is_too_long_for_a_path_is_not_quoted_at_length(tmp_path: Path) -> None:
    assert errors_of(tmp_path, f'slos = ["{"9" * 5000}"]\n') == (
        f"errorbudget.toml:1:9: `slos` names `{'9' * 60}…`, which is no glob: File name too long | write a path below "
        "the folder of the settings"
    )


SLOTS = SHORT.replace("source =", 'slot = "5m"\ncolumns = { good = "good", bad = "bad" }\nsource =')
ALERT = """
[[slo.alerts]]
name = "fast"
threshold = "14.4"
lookback = "1h"
"""


def test_an_alert_over_a_table_of_counts_looks_back_whole_slots(tmp_path: Path) -> None:
    (tmp_path / "errorbudget.toml").write_text(SLOTS + ALERT.replace("1h", "7m"))
    _, problems = read_settings(tmp_path, "errorbudget.toml", {})
    assert [f"{one.span}: {one.message} | {one.help}" for one in problems] == [
        "errorbudget.toml:16:1: the alert `fast` of the SLO `ok` looks back 7m, which is not whole slots of 5m of "
        "`requests` | look back a multiple of 5m"
    ]


def test_an_alert_that_waits_for_part_of_a_slot_waits_to_its_end(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, SLOTS + ALERT + 'after = "1m"\n')
    assert [one.reason for one in settings.unchecked] == [
        "errorbudget.toml:16: the alert `fast` of the SLO `ok` waits 1m; with windows of 5m it waits up to the end of "
        "the window"
    ]


OWN = COHORTS + SHORT


def test_a_tenant_may_have_a_target_of_its_own(tmp_path: Path) -> None:
    cohorts = (
        '[cohorts.gold]\ntenants = ["gold_*"]\nobjectives = { ok = "99.5 %" }\n[cohorts.rest]\ntenants = "others"\n'
    )
    settings = settings_of(tmp_path, OWN + cohorts + '[objectives.gold_a]\nok = "99.9 %"\n')
    (slo,) = settings.slos
    assert {tenant: str(objective_of(slo, tenant, settings.cohorts)) for tenant in ("gold_a", "gold_b", "acme")} == {
        "gold_a": "999/1000",
        "gold_b": "199/200",
        "acme": "99/100",
    }
    assert objective_of(slo, "acme", settings_of(tmp_path, OWN + '[objectives.acme]\nok = "98 %"\n').cohorts) == (
        Fraction(98, 100)
    )


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('[objectives.nobody]\nok = "99 %"\n', "14:13: there is no tenant `nobody`"),
        ('[objectives.acme]\nup = "99 %"\n', "15:1: there is no SLO `up`"),
        (
            '[objectives.acme]\nok = "990"\n',
            "15:1: `990` is not between 0 and 100 %: write it as `99.95 %`, `0.9995` or `1999/2000`",
        ),
        ("[objectives.acme]\nok = 0.99\n", "15:1: `ok` is a number, where a text belongs"),
    ],
)
def test_targets_of_tenants_name_what_there_is(tmp_path: Path, more: str, problem: str) -> None:
    (tmp_path / "errorbudget.toml").write_text(OWN + more)
    _, problems = read_settings(tmp_path, "errorbudget.toml", {})
    assert [f"{one.span}: {one.message}" for one in problems] == [f"errorbudget.toml:{problem}"]


def test_two_patterns_that_take_one_tenant_are_a_problem(tmp_path: Path) -> None:
    cohorts = '[cohorts.gold]\ntenants = ["gold_*", "acme"]\n[cohorts.a]\ntenants = ["*_a"]\n'
    (tmp_path / "errorbudget.toml").write_text(COHORTS + cohorts)
    _, problems = read_settings(tmp_path, "errorbudget.toml", {})
    assert [f"{one.span}: {one.message}" for one in problems] == [
        "errorbudget.toml:7:12: the pattern `*_a` takes the tenant `gold_a`, which is in the cohort `gold` already"
    ]


def test_a_table_and_the_engines_that_count_again(tmp_path: Path) -> None:
    text = """\
memory = "2 GiB"

[[events]]
name = "requests"
source = { postgres = "public.requests", url = "env:EVENTS_URL" }

[determinism]
engines = ["spark", "postgres", "spark"]
"""
    settings = settings_of(tmp_path, text)
    (source,) = settings.events
    assert (source.format, source.paths, source.url) == (EventFormat.POSTGRES, ("public.requests",), "env:EVENTS_URL")
    assert (settings.engines, settings.memory_mib) == ((EngineName.SPARK, EngineName.POSTGRES), 2048)
    assert [(one.place, one.reason) for one in settings.unchecked] == [
        (
            "requests",
            "these events stay in public.requests: they are counted again there, in other ways, and not on spark or "
            "postgres",
        )
    ]


COLUMN = COHORTS + '[database.cohorts]\ntable = "public.customers"\ntenant = "slug"\ncohort = "plan"\n'


def test_a_column_says_the_cohort_after_lists_and_patterns(tmp_path: Path) -> None:
    cohorts = '[cohorts.gold]\nobjectives = {}\n[cohorts.vip]\ntenants = ["acme"]\n'
    (tmp_path / "errorbudget.toml").write_text(COLUMN + cohorts)
    locked = {"gold_a": "gold", "gold_b": "gold", "acme": "gold", "trial_a": "trial"}
    settings, problems = read_settings(tmp_path, "errorbudget.toml", {}, locked)
    assert problems == ()
    assert settings is not None
    assert [(one.name, one.tenants) for one in settings.cohorts] == [
        ("gold", ("gold_a", "gold_b")),
        ("vip", ("acme",)),
        ("trial", ("trial_a",)),
    ]
    assert settings.databases[0].cohorts == CohortColumn(table="public.customers", tenant="slug", cohort="plan")


def test_a_tenant_whose_cohort_no_update_has_read_yet_is_unchecked(tmp_path: Path) -> None:
    (tmp_path / "errorbudget.toml").write_text(COLUMN)
    settings, _ = read_settings(tmp_path, "errorbudget.toml", {}, {"gold_a": "gold", "gold_b": "gold", "acme": "gold"})
    assert settings is not None
    assert [(one.kind, one.place, one.reason) for one in settings.unchecked] == [
        (
            "cohort",
            "trial_a",
            "its cohort is not known yet: run once with `--errorbudget-update`, where the database can be reached",
        )
    ]
