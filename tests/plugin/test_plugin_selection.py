"""Selecting items as pytest's users do: paths, keywords, markers, last failures, folders and verbosity."""

from __future__ import annotations

import pytest
from shop import SOURCES, TENANT_COUNT, Shop

GENERATED = 13


def test_everything_passes_where_nothing_is_wrong(running_shop: Shop) -> None:
    result = running_shop.run()
    result.assert_outcomes(passed=GENERATED)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["errorbudget: errorbudget.toml, 3 tenants, 13 items", "success, *"])


def test_last_failed_runs_exactly_what_failed(running_shop: Shop) -> None:
    running_shop.narrow_total()
    running_shop.run().assert_outcomes(failed=TENANT_COUNT, passed=GENERATED - TENANT_COUNT)
    again = running_shop.run("--lf")
    again.assert_outcomes(failed=TENANT_COUNT)
    again.stdout.fnmatch_lines([f"FAILED {SOURCES}/models.rs::Order[[]{name}]*" for name in ("acme-prod", "globex")])


def test_last_failed_after_a_repair(running_shop: Shop) -> None:
    running_shop.narrow_total()
    running_shop.run()
    running_shop.edit(f"{SOURCES}/models.rs", "total_cents: i32", "total_cents: i64")
    running_shop.run("--lf").assert_outcomes(passed=TENANT_COUNT)


def test_failed_first(running_shop: Shop) -> None:
    running_shop.narrow_total()
    running_shop.run()
    result = running_shop.run("--ff", "-v")
    first = next(line for line in result.outlines if line.endswith("%]"))
    assert first.startswith(f"{SOURCES}/models.rs::Order[acme-prod] FAILED")


def test_stop_at_the_first_failure(running_shop: Shop) -> None:
    running_shop.narrow_total()
    result = running_shop.run("-x")
    assert result.parseoutcomes()["failed"] == 1


@pytest.mark.parametrize(
    ("arguments", "selected"),
    [
        (["-k", "acme-prod"], 3),
        (["-k", "replay or schema"], 5),
        (["-m", "errorbudget"], GENERATED),
        (["-m", "not errorbudget"], 1),
        (["migrations/0001_orders.sql"], 1),
        (["migrations"], 2),
        (["services"], 7),
        (["errorbudget.toml"], 4),
        ([f"{SOURCES}/models.rs", "test_ordinary.py"], 4),
        (["--ignore=services"], GENERATED - 7 + 1),
        (["--ignore=services/build"], GENERATED - 7 + 1),
        (["--deselect=errorbudget.toml::schema[globex]"], GENERATED),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_selecting(running_shop: Shop, arguments: list[str], selected: int) -> None:
    running_shop.write("test_ordinary.py", "def test_ordinary(): pass\n")
    assert running_shop.run(*arguments).parseoutcomes()["passed"] == selected


def test_nothing_selected_gathers_nothing(shop: Shop) -> None:
    result = shop.run("-k", "nothing_of_that_name")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert not (shop.root / ".errorbudget").exists()
    result.stdout.no_fnmatch_line("errorbudget 1/5*")


def test_testpaths_do_not_hide_our_items(running_shop: Shop) -> None:
    running_shop.write("pytest.ini", "[pytest]\ntestpaths = tests\n")
    running_shop.write("tests/test_ordinary.py", "def test_ordinary(): pass\n")
    result = running_shop.run()
    result.assert_outcomes(passed=GENERATED + 1)
    result.stdout.fnmatch_lines(["errorbudget: errorbudget.toml, 3 tenants, 13 items"])


def test_testpaths_that_cover_our_items_run_them_once(running_shop: Shop) -> None:
    running_shop.write("pytest.ini", "[pytest]\ntestpaths = services migrations\n")
    running_shop.run().assert_outcomes(passed=GENERATED)


def test_explicit_paths_are_obeyed_and_counted(shop: Shop) -> None:
    shop.write("tests/test_x.py", "def test_ordinary(): pass\n")
    result = shop.run("tests/test_x.py")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["errorbudget: errorbudget.toml, 3 tenants, 0 of 13 items under the given paths"])


def test_an_explicit_id_is_counted(running_shop: Shop) -> None:
    result = running_shop.run("errorbudget.toml::schema[globex]", "migrations")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["errorbudget: *, 3 of 13 items under the given paths"])


def test_a_subfolder_with_an_ini_file_at_the_root(running_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(running_shop.root / "services")
    result = running_shop.run("-v")
    result.assert_outcomes(passed=7)
    result.stdout.fnmatch_lines(["errorbudget: *, 7 of 13 items under the given paths", "*Order[[]globex] PASSED*"])
    assert (running_shop.root / ".errorbudget/execution-log.json").is_file()


@pytest.mark.parametrize("without", [["pytest.ini"], ["pytest.ini", "errorbudget.toml"]], ids=" ".join)
def test_a_subfolder_without_an_ini_file_is_refused(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, without: list[str]
) -> None:
    for name in without:
        (shop.root / name).unlink()
    monkeypatch.chdir(shop.root / "services")
    result = shop.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: the * {shop.root}*, but pytest's rootdir is {shop.root}/services, below or*put a pytest.ini*"]
    )


def test_settings_in_a_subfolder(running_shop: Shop) -> None:
    for path in ("errorbudget.toml", "migrations", "services", "Cargo.toml"):
        (running_shop.root / "backend").mkdir(exist_ok=True)
        (running_shop.root / path).rename(running_shop.root / "backend" / path)
    result = running_shop.run("--errorbudget-config", "backend/errorbudget.toml", "-v")
    result.assert_outcomes(passed=GENERATED)
    result.stdout.fnmatch_lines(["backend/migrations/0001_orders.sql::replay PASSED*"])


def test_copies_that_cargo_packaged_are_no_sources(running_shop: Shop) -> None:
    for path in (f"{SOURCES}/models.rs", f"{SOURCES}/queries.rs", f"{SOURCES}/main.rs", "services/build/Cargo.toml"):
        text = (running_shop.root / path).read_text(encoding="utf-8")
        running_shop.write(f"target/package/orders-0.1.0/{path.removeprefix('services/build/')}", text)
    running_shop.write("target/package/orders-0.1.0/migrations/0001_x.sql", "create table x ();")
    running_shop.write("target/package/orders-0.1.0/test_phantom.py", "def test_phantom(): pass\n")
    running_shop.write("target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n")
    running_shop.run().assert_outcomes(passed=GENERATED)


def test_quiet_prints_nothing_of_ours(running_shop: Shop) -> None:
    running_shop.forget_a_tenant()
    running_shop.write("tests/test_x.py", "def test_ordinary(): pass\n")
    result = running_shop.run("-q")
    assert [line for line in result.outlines if line and not line.startswith(("....", "11 passed"))] == []


def test_plain_lines_as_the_steps_begin(running_shop: Shop) -> None:
    running_shop.count_events()
    result = running_shop.run("-k", "not determinism")
    assert [line for line in result.outlines if line.startswith("errorbudget ")] == [
        "errorbudget 1/5: reading the schema of every tenant...",
        "errorbudget 2/5: parsing Rust services and their FFI boundaries...",
        "errorbudget 3/5: counting events and computing burn rates...",
        "errorbudget 4/5: comparing Rust types with columns...",
        "errorbudget 5/5: generating alert thresholds...",
    ]
    assert "\x1b" not in result.stdout.str()


def test_only_the_steps_that_the_items_need(running_shop: Shop) -> None:
    result = running_shop.run(f"{SOURCES}/boundary.rs")
    assert [line for line in result.outlines if line.startswith("errorbudget ")] == [
        "errorbudget 2/5: parsing Rust services and their FFI boundaries..."
    ]


def test_the_laws_of_windowing_run_as_an_item(running_shop: Shop) -> None:
    running_shop.count_events()
    running_shop.write(
        "conftest.py", 'import hypothesis\nhypothesis.settings.register_profile("few", max_examples=2)\n'
    )
    # A profile is the whole process's: this run has one of its own.
    run = running_shop.pytester.runpytest_subprocess
    determinism = "errorbudget.toml::determinism[availability]"
    run("--errorbudget", "--hypothesis-profile=few", determinism).assert_outcomes(passed=1)


@pytest.mark.parametrize("plugin", ["cacheprovider", "terminal", "junitxml", "xdist", "hypothesispytest"])
def test_without_another_plugin(running_shop: Shop, plugin: str) -> None:
    running_shop.narrow_total()
    assert running_shop.run("-p", f"no:{plugin}").ret == pytest.ExitCode.TESTS_FAILED
    assert (running_shop.root / ".errorbudget/execution-log.json").is_file()
