"""The files that are committed: the lock, its evidence, and the tenants as a run read them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pytest_errorbudget.model.formats.evidence import write_evidence
from pytest_errorbudget.model.formats.lock import write_lock as lock_text
from pytest_errorbudget.model.formats.tenants_lock import write_tenants_lock as tenants_text
from pytest_errorbudget.model.locked_tenants import LockedDatabase
from pytest_errorbudget.model.threshold import LockedThresholds
from pytest_errorbudget.report.files import write_bytes


def write_lock(lock: Path, evidence: Path, locked: LockedThresholds) -> None:
    """Writes the evidence and then the lock that names its digest. Raises ``OSError``."""
    write_bytes(evidence, write_evidence(locked.evidence).encode())
    write_bytes(lock, lock_text(locked).encode())


def write_tenants(path: Path, databases: Iterable[LockedDatabase]) -> None:
    """Raises ``OSError``."""
    write_bytes(path, tenants_text(databases).encode())
