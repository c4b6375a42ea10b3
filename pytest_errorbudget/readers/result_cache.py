"""Results of replays and of counting, kept between runs: each is a function of its key, so deleting the folder is safe.

An entry is its own SHA-256 and then the bytes: one that was cut short or changed is as good as none.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

from pytest_errorbudget.model.formats.canonical import sha256
from pytest_errorbudget.model.migration import MigrationSet
from pytest_errorbudget.readers.kept_places import kept_folder

_SUFFIX = ".result"
_DIGEST_BYTES = 64


def result_key(kind: str, code: str, server: str, migrations: MigrationSet, *more: object) -> str:
    """64 hex digits over all that a result depends on: what it is of (``kind``), our own ``code``, the build of the
    ``server`` or of the library that gives it, every file and statement of the migrations, and what else was asked."""
    return sha256((kind, code, server, migrations, more))


def replay_keys(code: str, server: str, migrations: MigrationSet) -> tuple[str, ...]:
    """The keys of the replays of the first 0, 1, 2 … files of the set, to the last: each over the one before it."""
    begin = (replace(migrations, files=(), before=None), _all_before(code, server, migrations))
    keys = [sha256(("replay", code, server, begin))]
    for file in migrations.files:
        keys.append(sha256((keys[-1], file)))
    return tuple(keys)


def _all_before(code: str, server: str, migrations: MigrationSet) -> str | None:
    return None if migrations.before is None else replay_keys(code, server, migrations.before)[-1]


@cache
def own_code() -> str:
    """The digest of this package's sources: what another version of it kept is never read."""
    root = Path(__file__).parent.parent  # the package
    digest = hashlib.sha256()
    for path in sorted(path for suffix in ("py", "sql") for path in root.rglob(f"*.{suffix}")):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


class ResultCache:
    """At most ``entries`` of them in ``folder``; the ones that were not used for longest go first."""

    def __init__(self, folder: Path, entries: int = 64) -> None:
        self._folder = folder
        self._entries = entries

    def read(self, key: str) -> bytes | None:
        """What was kept under ``key``; ``None`` where it cannot be read or is not what was written."""
        path = self._path(key)
        try:
            kept = path.read_bytes()
        except OSError:
            return None
        digest, content = kept[:_DIGEST_BYTES], kept[_DIGEST_BYTES:]
        if digest != _digest(content):
            return None
        with suppress(OSError):  # read all the same; it only seems older than it is
            os.utime(path)
        return content

    def write(self, key: str, content: bytes) -> None:
        """Keeps ``content`` whole or not at all: a folder that cannot be written only costs the next run its time."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f"{key}.", suffix=".partial", dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_digest(content) + content)
                os.replace(name, self._path(key))
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._forget_oldest()
        except OSError:
            return

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"

    def _forget_oldest(self) -> None:
        """Other runs write and remove here at the same time: an entry may be gone before we look at it."""
        ages: list[tuple[int, Path]] = []
        for path in self._folder.glob(f"*{_SUFFIX}"):
            try:
                ages.append((path.stat().st_mtime_ns, path))
            except FileNotFoundError:
                continue
        for _, path in sorted(ages, reverse=True)[self._entries :]:
            path.unlink(missing_ok=True)


def users_cache() -> ResultCache:
    """The one of the user who runs this."""
    return ResultCache(kept_folder() / "results")


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
