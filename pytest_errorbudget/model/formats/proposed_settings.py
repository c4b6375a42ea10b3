"""The text of a first ``errorbudget.toml``: what was found is written, what only people know is a comment."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pytest_errorbudget.model.proposal import Proposal, ProposedDatabase

PYTEST_INI = """\
# pytest takes the folder of this file as its rootdir: node ids are the same wherever it is started.
[pytest]
"""

_TENANTS = """\
# Where the tenants live: a read-only session. Left out, Rust is checked against the migrations alone.
# url = "env:DATABASE_URL"
# tenants = { layout = "schema", names = ["tenant_a", "tenant_b"] }
# or, where a tenant and its schema are written otherwise:
# tenants = { layout = "schema", names = { tenant-a = "tenant_a" } }"""

_REST = """\
# Events, for burn rates and thresholds; csv and ndjson are read too.
# [[events]]
# name = "requests"
# source = { parquet = "exports/requests/*.parquet" }
# columns = { id = "event_id", tenant = "tenant_id", time = "occurred_at" }
# lateness = "10m"

# [[slo]]
# name = "availability"
# service = %(service)s
# events = "requests"
# good = "status < 500"
# objective = "99.9 %%"
# period = "28d"

# Tenants that share thresholds; without cohorts all tenants are in one.
# [cohorts.gold]
# tenants = ["tenant_a"]
# [cohorts.standard]
# tenants = "others"

# Known findings, until they are mended.
# [[allow]]
# rule = "index-missing"
# where = "tenant_a.invoices"
# reason = "dropped on purpose"
"""


def settings_text(proposal: Proposal) -> str:
    """A settings file that is valid as it stands and checks what needs no server."""
    head = [] if proposal.manifest is None else [f"manifest = {_text(proposal.manifest)}"]
    databases = [_database(proposal, database) for database in proposal.databases] or [_unknown()]
    rest = _REST % {"service": _text((*proposal.services, "service")[0])}
    return "\n\n".join(("\n".join(("# Settings of pytest-errorbudget.", *head)), *databases, rest))


def _database(proposal: Proposal, database: ProposedDatabase) -> str:
    return "\n".join(
        (
            "[[database]]",
            f"name = {_text(database.name)}",
            *_migrations(database),
            *_services(proposal, database),
            _TENANTS,
        )
    )


def _migrations(database: ProposedDatabase) -> Iterator[str]:
    if not database.shared:
        yield f'migrations = {{ path = {_text(database.migrations)}, per = "tenant" }}  # or "shared"'
        return
    yield "migrations = ["
    yield from (f'    {{ path = {_text(folder)}, per = "shared" }},' for folder in database.shared)
    yield f'    {{ path = {_text(database.migrations)}, per = "tenant" }},'
    yield "]"


def _services(proposal: Proposal, database: ProposedDatabase) -> Iterator[str]:
    """With one database, naming no service means all of them."""
    listed = ", ".join(map(_text, database.services))
    if database.services:
        yield f"services = [{listed}]"
    elif len(proposal.databases) > 1:
        yield "# services = []  # the packages that use this database; none listed means all"


def _unknown() -> str:
    return "\n".join(
        (
            "[[database]]",
            '# migrations = { path = "migrations", per = "tenant" }  # no folder of that name was found',
            _TENANTS,
        )
    )


def _text(value: str) -> str:
    """A basic string of TOML: JSON writes the same escapes."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
