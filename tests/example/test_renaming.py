"""No outcome depends on a name: a copy of the example under other names has the same findings, numbers and places."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest

from pytest_errorbudget.model.run import Run
from pytest_errorbudget.readers.scratch import ScratchServer

TENANTS = """acme-prod acme_prod cyberdyne globex hooli initech soylent stark-labs stark_labs tyrell umbrella vandelay
    wayne-health wayne_health wonka"""
COHORTS = "civic clinics enterprise finance growth pharma retail trial"
SERVICES = "accounts billing dispatcher disputes exports ingest ledger notifications statement-builder meter platform"
TABLES = """customers invoices invoice_lines payments refunds api_keys active_api_keys request_events usage_daily
    ledger_accounts ledger_entries notification_channels deliveries statements statement_builds"""
COLUMNS = """amount_cents customer_id due_on event_id invoice_id issued_at last_used_at latency_ms occurred_at
    payment_id reference tenant_id unit_cents"""
SYMBOLS = "meter_record meter_requests meter_failures meter_reset"
NAMES = frozenset(" ".join((TENANTS, COHORTS, SERVICES, TABLES, COLUMNS, SYMBOLS)).split())
DIGESTS = {"digest", "sha256", "fingerprint"}

# Names keep their length, so that columns of the sources stay. The first keeps the order of names too.
NEXT_LETTER = str.maketrans(ascii_lowercase[:-1], ascii_lowercase[1:])
MIRRORED = str.maketrans(ascii_lowercase, ascii_lowercase[::-1])


def renaming(letters: dict[int, int]) -> Callable[[str], str]:
    new = {name: name.translate(letters) for name in NAMES}
    assert not new.keys() & set(new.values())
    return substitution(new)


def substitution(new: dict[str, str]) -> Callable[[str], str]:
    longest_first = "|".join(sorted(map(re.escape, new), key=len, reverse=True))
    words = re.compile(rf"(?<![\w-])(?:{longest_first})(?![\w-])")
    return lambda text: words.sub(lambda match: new[match[0]], text)


def back(letters: dict[int, int]) -> Callable[[str], str]:
    return substitution({name.translate(letters): name for name in NAMES})


def rename(root: Path, rewrite: Callable[[str], str]) -> None:
    """Every file's text, and the folders of the services and crates."""
    for path in [path for path in root.rglob("*") if path.is_file()]:
        path.write_text(rewrite(path.read_text()))
    for folder in [*root.glob("services/*"), *root.glob("crates/*")]:
        folder.rename(folder.with_name(rewrite(folder.name)))


@pytest.fixture
def provisioned(scratch: ScratchServer, script: Callable[..., str]) -> Iterator[Callable[[Path], str]]:
    """Builds the tenants of a copy by its own script, and gives the conninfo."""
    with scratch.database() as conninfo:

        def build(root: Path) -> str:
            script("provision.py", "--url", conninfo, root=root)
            return conninfo

        yield build


def outlines(run: Run, rewrite: Callable[[str], str]) -> list[Any]:
    """Findings without their texts, in which lists of tenants are cut short after the first five."""
    return sorted(
        (
            finding.rule.id,
            finding.severity.value,
            rewrite(finding.place),
            sorted(map(rewrite, finding.tenants)),
            sorted(rewrite(str(item)) for item in finding.items),
            [rewrite(str(label.span)) for label in finding.labels],
        )
        for finding in run.findings
    )


@pytest.mark.parametrize("letters", [NEXT_LETTER, MIRRORED], ids=["in the same order", "in the opposite order"])
def test_renaming_everything_renames_the_findings_and_changes_nothing_else(
    letters: dict[int, int],
    copy: Path,
    production: str,
    checked: Callable[[Path, str], Run],
    provisioned: Callable[[Path], str],
) -> None:
    (copy / "errorbudget.tenants.toml").unlink()  # it holds digests of names
    before = checked(copy, production)
    rename(copy, renaming(letters))
    after = checked(copy, provisioned(copy))
    assert outlines(after, back(letters)) == outlines(before, str)
    documented = json.loads((copy / "documented_findings.json").read_text())["findings"]
    wanted = {(entry["rule"], entry["place"], tuple(sorted(entry["tenants"]))) for entry in documented}
    assert {(f.rule.id, f.place, f.tenants) for f in after.findings} <= wanted


def unordered(value: Any) -> Any:
    """A log without its digests, and with lists in an order that comes from their own texts."""
    match value:
        case dict():
            return {key: unordered(each) for key, each in value.items() if key not in DIGESTS}
        case list():
            return sorted(map(unordered, value), key=json.dumps)
        case _:
            return value


def test_a_renamed_example_has_the_same_log_but_for_names_order_and_digests(
    copy: Path,
    production: str,
    script: Callable[..., str],
    provisioned: Callable[[Path], str],
    logged: Callable[[Path, str], bytes],
) -> None:
    for of_other_events_and_names in ("errorbudget.lock", "errorbudget.counts.csv", "errorbudget.tenants.toml"):
        (copy / of_other_events_and_names).unlink(missing_ok=True)
    events = ("events.py", "--rows", "60000", "--out", str(copy / "events"))
    script(*events, root=copy)
    before = logged(copy, production).decode()
    for shard in (copy / "events").iterdir():
        shard.unlink()
    rename(copy, renaming(NEXT_LETTER))
    script(*events, root=copy)
    after = logged(copy, provisioned(copy)).decode()
    assert "acme-prod" not in after
    assert unordered(json.loads(back(NEXT_LETTER)(after))) == unordered(json.loads(before))
