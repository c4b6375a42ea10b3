"""What a file is that says it is text and is not: told by its first bytes, once it could not be read."""

from __future__ import annotations

from dataclasses import dataclass

_UNPACK = "unpack it, or write it with gzip or Zstandard under a name that ends in `.gz` or `.zst`"
_RENAME = "let its name end in `{}`: files are unpacked by their names"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherFormat:
    """What the file is, and what to do."""

    what: str
    help: str


_UTF16 = OtherFormat(what="UTF-16", help="write it in UTF-8")
_BY_BEGINNING = (
    (b"\x1f\x8b", OtherFormat(what="compressed with gzip", help=_RENAME.format(".gz"))),
    (b"\x28\xb5\x2f\xfd", OtherFormat(what="compressed with Zstandard", help=_RENAME.format(".zst"))),
    (b"BZh", OtherFormat(what="compressed with bzip2, which is not read", help=_UNPACK)),
    (b"\xfd7zXZ\x00", OtherFormat(what="compressed with xz, which is not read", help=_UNPACK)),
    (b"PK\x03\x04", OtherFormat(what="a ZIP archive (or a spreadsheet), which is not read", help=_UNPACK)),
    (b"PAR1", OtherFormat(what="Parquet", help="name it under `parquet` in a source of its own under [[events]]")),
    (b"\xff\xfe", _UTF16),
    (b"\xfe\xff", _UTF16),
)


def other_format(path: str) -> OtherFormat | None:
    """What the file is, where its name does not say so; ``None`` for text, and where it cannot be opened."""
    if path.endswith((".gz", ".zst")):
        return None
    try:
        with open(path, "rb") as file:
            first = file.read(6)
    except OSError:
        return None
    return next((kind for beginning, kind in _BY_BEGINNING if first.startswith(beginning)), None)
