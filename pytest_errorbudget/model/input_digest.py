"""What names the content of one input of a run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDigest:
    """The SHA-256 of one input: a file, the snapshot, a table of counts."""

    name: str
    sha256: str
