"""A package of a few files, and what is read of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.readers.rust import read_contracts


def contracts_of(
    root: Path, source: str, *, dependencies: str = "", files: Mapping[str, str] | None = None
) -> Contracts:
    """Those of the package ``app`` whose ``src/main.rs`` is ``source``, in which nothing is wrong. ``dependencies`` are
    lines of its manifest, ``files`` more texts by their paths."""
    manifest = f'[package]\nname = "app"\n[dependencies]\n{dependencies}\n'
    for path, text in {"Cargo.toml": manifest, "src/main.rs": source, **(files or {})}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")
    contracts, problems = read_contracts(root, "Cargo.toml")
    assert problems == ()
    return contracts
