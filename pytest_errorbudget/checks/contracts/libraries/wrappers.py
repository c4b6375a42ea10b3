"""Rust's own types that a library looks through: to what they point at, or to what they hold several of."""

from __future__ import annotations

POINTERS = frozenset({"&", "Box", "Arc", "Rc", "Cow"})
WRAPPERS = POINTERS | {"Option"}
SEQUENCES = frozenset({"Vec", "[]", "[;]"})
