"""The files that a glob of the settings matches."""

from __future__ import annotations

from pathlib import Path


class GlobError(ValueError):
    """What the glob is, as the end of a sentence: ``which is an absolute path``."""


def files_of(root: Path, glob: str) -> tuple[str, ...]:
    """The files below ``root``, sorted. Raises ``GlobError`` for a glob that leaves it, and one that is none."""
    pattern = Path(glob)
    if pattern.is_absolute():
        raise GlobError("which is an absolute path")
    if ".." in pattern.parts:
        raise GlobError("which leaves the folder of the settings")
    try:
        return tuple(sorted(path.relative_to(root).as_posix() for path in root.glob(glob) if path.is_file()))
    except OSError as error:
        raise GlobError(f"which is no glob: {error.strerror}") from None
    except (ValueError, NotImplementedError) as error:
        raise GlobError(f"which is no glob: {error}") from None
