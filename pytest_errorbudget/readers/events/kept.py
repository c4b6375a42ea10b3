"""What earlier runs counted, kept under the contents that it was counted from: right, or not found.

A file's content is named by its SHA-256. Reading it again only to hash it would cost as much as counting it, so that
the digest is kept with the file's size, times and inode, as git does; a file that changed within two seconds of the
look at it is hashed again, since its times could not tell.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import msgspec

_RACY_NS = 2_000_000_000
_MOST_BYTES = 4 << 30
_PARQUET_END = b"PAR1"
_Shape = TypeVar("_Shape")


class _Digest(TypedDict):
    seen: list[int]
    sha256: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of entries; deleting it, or any of them, is safe. One that does not last is the run's own, and there a
    file's path is its content."""

    folder: Path
    lasts: bool = True

    def digest(self, path: str) -> str:
        """The SHA-256 of a file's content, 64 hex digits."""
        if not self.lasts:
            return hashlib.sha256(path.encode()).hexdigest()
        status = os.stat(path)
        seen = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
        name = hashlib.sha256(path.encode()).hexdigest() + ".digest"
        kept = self.read(name, _Digest)
        if kept is not None and kept["seen"] == seen:
            return kept["sha256"]
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if self._now_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _RACY_NS:
            self.write(name, {"seen": seen, "sha256": digest})
        return digest

    def read(self, name: str, shape: type[_Shape]) -> _Shape | None:
        """A kept JSON value; ``None`` where there is none, or one of another shape, which nobody here has written."""
        path = self.folder / name
        try:
            value = msgspec.json.decode(path.read_bytes(), type=shape)
        except (OSError, ValueError, msgspec.MsgspecError):
            return None
        with suppress(OSError):  # the ones that are used are forgotten last
            os.utime(path)
        return value

    def write(self, name: str, value: Any) -> None:
        with suppress(OSError), self.place(name) as path:
            path.write_text(json.dumps(value))

    def has(self, *names: str) -> bool:
        """Whether these tables are all there, and whole: a machine that stopped may have left the half of one."""
        paths = [self.folder / name for name in names]
        if not all(map(_is_whole, paths)):
            return False
        for path in paths:
            with suppress(OSError):
                os.utime(path)
        return True

    def place(self, name: str) -> _Place:
        """For ``with``: a path to write, which becomes the entry once it is whole."""
        return _Place(self.folder, name)

    def forget_oldest(self) -> None:
        """Keeps the newest 4 GiB. Other runs write and remove here at the same time."""
        entries: list[tuple[int, int, Path]] = []
        for path in self.folder.glob("*"):
            with suppress(OSError):
                status = path.stat()
                entries.append((status.st_mtime_ns, status.st_size, path))
        total = 0
        for _, size, path in sorted(entries, reverse=True):
            total += size
            if total > _MOST_BYTES:
                path.unlink(missing_ok=True)

    def _now_ns(self) -> int:
        """The file system's own clock, which the times of files are read from."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder) as file:
                return os.fstat(file.fileno()).st_mtime_ns
        except OSError:
            return 0


def _is_whole(path: Path) -> bool:
    """Whether the file ends as Parquet does."""
    try:
        with open(path, "rb") as file:
            file.seek(-len(_PARQUET_END), os.SEEK_END)
            return file.read() == _PARQUET_END
    except OSError:
        return False


class _Place:
    def __init__(self, folder: Path, name: str) -> None:
        self._target = folder / name
        self._partial = folder / f".{name}.{os.getpid()}.partial"

    def __enter__(self) -> Path:
        self._target.parent.mkdir(parents=True, exist_ok=True)
        return self._partial

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            os.replace(self._partial, self._target)
        else:
            self._partial.unlink(missing_ok=True)
