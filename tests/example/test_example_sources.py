"""The services' queries run on every tenant, give the same types there, and match the committed offline data."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import pq

from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.severity import Severity

QUERY = re.compile(
    r'sqlx::query\w*(?P<macro>!?)(?:::<_, \w+>)?\(\s*(?:\w+,\s*)?(?:r#"(?P<raw>.*?)"#|"(?P<plain>[^"]*)")', re.DOTALL
)
FIRST_USER_OID = 16384


@pytest.fixture(scope="module")
def queries(example: Path) -> tuple[tuple[str, bool], ...]:
    """Text, and whether it is a macro's, of every query of the services."""
    found = []
    for path in sorted(example.glob("services/*/src/queries.rs")):
        text = path.read_text()
        matches = list(QUERY.finditer(text))
        assert len(matches) == len(re.findall(r"sqlx::query", text)), path
        found += [(match["raw"] or match["plain"], bool(match["macro"])) for match in matches]
    return tuple(found)


@pytest.fixture(scope="module")
def settings(example: Path) -> dict[str, Any]:
    return tomllib.loads((example / "errorbudget.toml").read_text())


def described(connection: psycopg.Connection, query: str) -> tuple[list[tuple[str, int]], list[int]]:
    """Names and types of the columns, and types of the parameters; types of the tenant's own as 0."""
    pgconn = connection.pgconn
    prepared = pgconn.prepare(b"", query.encode())
    assert prepared.status == pq.ExecStatus.COMMAND_OK, f"{prepared.error_message.decode()}\n{query}"
    answer = pgconn.describe_prepared(b"")
    types = [answer.ftype(number) for number in range(answer.nfields)]
    names = [(answer.fname(number) or b"").decode() for number in range(answer.nfields)]
    parameters = [answer.param_type(number) for number in range(answer.nparams)]
    return list(zip(names, map(shared, types), strict=True)), list(map(shared, parameters))


def shared(oid: int) -> int:
    return oid if oid < FIRST_USER_OID else 0


def test_every_query_runs_on_every_tenant_with_the_same_types(
    production: str, queries: tuple[tuple[str, bool], ...], settings: dict[str, Any]
) -> None:
    schemas = settings["database"][0]["tenants"]["names"].values()
    seen: dict[str, Any] = {}
    for schema in schemas:
        with psycopg.connect(production, autocommit=True) as connection:
            connection.execute(f"set search_path to {schema}")
            for query, _ in queries:
                answer = described(connection, query)
                assert seen.setdefault(query, answer) == answer, (schema, query)
    assert len(seen) == 30


def test_the_offline_data_are_those_of_the_macros(example: Path, queries: tuple[tuple[str, bool], ...]) -> None:
    committed = {path.name: json.loads(path.read_text()) for path in (example / ".sqlx").glob("*.json")}
    texts = {query for query, is_macro in queries if is_macro}
    assert {document["query"] for document in committed.values()} == texts
    for name, document in committed.items():
        digest = hashlib.sha256(document["query"].encode()).hexdigest()
        assert (name, document["hash"]) == (f"query-{digest}.json", digest)


def test_the_documented_findings_name_rules_severities_and_tenants_that_exist(
    example: Path, settings: dict[str, Any]
) -> None:
    documented = json.loads((example / "documented_findings.json").read_text())["findings"]
    tenants = set(settings["database"][0]["tenants"]["names"])
    assert {finding["rule"] for finding in documented} <= {rule.id for rule in Rule}
    assert {finding["severity"] for finding in documented} <= {severity.value for severity in Severity}
    assert {tenant for finding in documented for tenant in finding["tenants"]} <= tenants


def test_every_tenant_is_in_one_of_eight_cohorts(settings: dict[str, Any]) -> None:
    cohorts = settings["cohorts"]
    sizes = sorted(len(cohort["tenants"]) for cohort in cohorts.values())
    assert sizes == [1, 1, 1, 1, 1, 1, 1, 5]
    listed = [tenant for cohort in cohorts.values() for tenant in cohort["tenants"]]
    assert sorted(listed) == sorted(settings["database"][0]["tenants"]["names"])
