"""``--errorbudget-init`` writes a first settings file, and ``--errorbudget`` without settings checks what it can."""

from __future__ import annotations

import pytest
from shop import SOURCES, Shop

PROPOSED = """\
# Settings of pytest-errorbudget.
manifest = "Cargo.toml"

[[database]]
name = "default"
migrations = { path = "migrations", per = "tenant" }  # or "shared"
# Where the tenants live: a read-only session. Left out, Rust is checked against the migrations alone.
# url = "env:DATABASE_URL"
# tenants = { layout = "schema", names = ["tenant_a", "tenant_b"] }
"""


@pytest.fixture
def bare_shop(shop: Shop) -> Shop:
    """The repository before anyone thought of error budgets."""
    for name in ("errorbudget.toml", "pytest.ini"):
        (shop.root / name).unlink()
    return shop


def test_init_writes_what_it_finds_and_runs_nothing(bare_shop: Shop) -> None:
    bare_shop.write("test_ordinary.py", "def test_ordinary(): assert False\n")
    result = bare_shop.pytest("--errorbudget-init")
    assert result.ret == pytest.ExitCode.OK
    assert result.outlines == [
        "wrote errorbudget.toml: migrations in migrations; services orders",
        "wrote pytest.ini: it fixes pytest's rootdir, so that node ids are the same from every folder",
        "next: fill in `url` and `tenants` in errorbudget.toml, then run: pytest --errorbudget",
    ]
    assert (bare_shop.root / "errorbudget.toml").read_text(encoding="utf-8").startswith(PROPOSED)


def test_the_proposal_is_valid_as_it_stands(bare_shop: Shop) -> None:
    bare_shop.pytest("--errorbudget-init")
    result = bare_shop.run("--collect-only", "-q")
    assert result.outlines[:-2] == [
        "errorbudget.toml::tenants",
        "migrations/0001_orders.sql::replay",
        "migrations/0002_orders_note.sql::replay",
        f"{SOURCES}/boundary.rs::ffi.meter_orders",
        f"{SOURCES}/models.rs::Order",
        f"{SOURCES}/queries.rs::list_orders",
    ]


def test_the_proposal_is_valid_with_its_comments_filled_in(bare_shop: Shop) -> None:
    bare_shop.pytest("--errorbudget-init")
    text = (bare_shop.root / "errorbudget.toml").read_text(encoding="utf-8")
    lines = [line.removeprefix("# ") for line in text.splitlines() if " = " in line or line.startswith(("[", "# ["))]
    once = [line for line in lines if not line.startswith(('tenants = { layout = "schema", names = {',))]
    bare_shop.write("errorbudget.toml", "\n".join(once))
    assert "errorbudget.toml::schema[tenant_a]" in bare_shop.run("--collect-only", "-q").outlines


def test_several_folders_of_migrations_are_several_databases(bare_shop: Shop) -> None:
    bare_shop.write("services/build/migrations/0001_x.sql", "create table x (id int);\n")
    bare_shop.pytest("--errorbudget-init")
    text = (bare_shop.root / "errorbudget.toml").read_text(encoding="utf-8")
    assert '[[database]]\nname = "core"\nmigrations = { path = "migrations"' in text
    assert '[[database]]\nname = "services-build"\nmigrations = { path = "services/build/migrations"' in text
    assert bare_shop.run("--collect-only").ret == pytest.ExitCode.OK


@pytest.mark.parametrize(
    ("shared", "tenant"),
    [("migrations/shared", "migrations/tenant"), ("db/shared_migrations", "db/tenant_migrations")],
)
def test_what_tenants_share_and_what_is_their_own_is_one_database(bare_shop: Shop, shared: str, tenant: str) -> None:
    for name in ("0001_orders", "0002_orders_note"):
        (bare_shop.root / f"migrations/{name}.sql").unlink()
    bare_shop.write(f"{shared}/0001_plans.sql", "create table plans (id bigint primary key);\n")
    bare_shop.write(f"{tenant}/0001_orders.sql", "create table orders (id bigint primary key);\n")
    result = bare_shop.pytest("--errorbudget-init")
    assert result.outlines[0] == f"wrote errorbudget.toml: migrations in {shared}, {tenant}; services orders"
    text = (bare_shop.root / "errorbudget.toml").read_text(encoding="utf-8")
    assert text.count("[[database]]") == 1
    assert (
        f"""\
migrations = [
    {{ path = "{shared}", per = "shared" }},
    {{ path = "{tenant}", per = "tenant" }},
]
"""
        in text
    )
    listed = bare_shop.run("--collect-only", "-q").outlines
    assert {f"{shared}/0001_plans.sql::replay", f"{tenant}/0001_orders.sql::replay"} <= set(listed)


def test_init_finds_nothing(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("--errorbudget-init")
    assert result.outlines[0] == "wrote errorbudget.toml: no folder of migrations was found; name it there"
    assert pytester.runpytest_inprocess("--errorbudget", "--collect-only").ret == pytest.ExitCode.OK


def test_init_overwrites_nothing(shop: Shop) -> None:
    before = (shop.root / "errorbudget.toml").read_text(encoding="utf-8")
    result = shop.pytest("--errorbudget-init")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *errorbudget.toml exists already, and --errorbudget-init overwrites nothing*"])
    assert (shop.root / "errorbudget.toml").read_text(encoding="utf-8") == before


def test_an_ini_file_that_is_there_is_left_alone(shop: Shop) -> None:
    (shop.root / "errorbudget.toml").unlink()
    result = shop.pytest("--errorbudget-init")
    assert [line.split(":")[0] for line in result.outlines] == ["wrote errorbudget.toml", "next"]


def test_without_settings_what_needs_none_is_checked(bare_shop: Shop) -> None:
    bare_shop.narrow_total()
    bare_shop.write("migrations/0003_broken.sql", "alter table nowhere add column x int;\n")
    result = bare_shop.run("-v")
    result.assert_outcomes(failed=2, passed=4)
    result.stdout.fnmatch_lines(
        [
            "errorbudget: no errorbudget.toml: migrations and Rust sources alone, 0 tenants, 6 items",
            "FAILED migrations/0003_broken.sql::replay*",
            f"FAILED {SOURCES}/models.rs::Order*",
        ]
    )
    assert (bare_shop.root / ".errorbudget/execution-log.json").is_file()


def test_nothing_to_check_at_all(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("--errorbudget")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
