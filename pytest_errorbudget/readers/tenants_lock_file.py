"""``errorbudget.tenants.toml`` on disk."""

from __future__ import annotations

from pathlib import Path

from pytest_errorbudget.model.formats.tenants_lock import read_tenants_lock as parsed
from pytest_errorbudget.model.locked_tenants import LockedDatabase
from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span


def tenants_lock_path(lock: Path) -> Path:
    """``errorbudget.tenants.toml`` beside ``errorbudget.lock``."""
    return lock.with_name(f"{lock.stem}.tenants.toml")


def read_tenants_lock(lock: Path) -> tuple[LockedDatabase, ...]:
    """What the file beside the lock holds; nothing where there is none. Raises ``Unreadable``."""
    path = tenants_lock_path(lock)
    try:
        return parsed(path.read_bytes().decode())
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:  # not UTF-8, not TOML, or not what we write
        raise Unreadable(
            Problem(
                rule=Rule.SETTINGS_INVALID,
                message=f"`{path.name}` cannot be read: {error}",
                place=path.name,
                span=Span(path.name, 1),
                consequence="The tenants that it holds are not checked where their server is not read.",
                help="restore the file from version control, or write it anew with `--errorbudget-update`",
            )
        ) from None
