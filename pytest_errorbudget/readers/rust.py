"""Contracts of Rust services. The only caller of the compiled extension's parser.

The extension gives msgpack with named fields, decoded straight into the dataclasses of ``model.contracts``: no second
set of types to keep in step. Measured on 1,187 structs with 5,327 fields and 791 queries (modrinth/code, 5.8 MB of
Rust): 2 MB of msgpack, 12-15 ms to decode, beside 600-1,000 ms of parsing.
"""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.formats.canonical import sha256
from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers import _rust
from pytest_errorbudget.readers.result_cache import ResultCache, own_code
from pytest_errorbudget.readers.sqlx_toml import with_sqlx_settings
from pytest_errorbudget.readers.workspace import Package, Workspace, read_workspace

_MOST_THREADS = 8


def read_contracts(
    root: Path,
    manifest: str,
    services: tuple[str, ...] = (),
    threads: int | None = None,
    kept: ResultCache | None = None,
) -> tuple[Contracts, tuple[Problem, ...]]:
    """What the sources of the workspace promise, and the problems with its manifests.

    ``services`` are packages that the settings name: one that the workspace does not have is a problem.
    Files that cannot be read are in ``Contracts.unread``. The result does not depend on ``threads`` (the processors,
    at most 8). With ``kept``, sources that were read before are not read again: the manifests are, and the bytes of
    every file that was asked for. Raises ``Unreadable`` where the workspace's own manifest cannot be read.
    """
    workspace = read_workspace(root, manifest)
    packages = workspace.packages
    unknown = (_unknown(workspace, name) for name in services if workspace.package(name) is None)
    problems = (*workspace.problems, *unknown)
    if not packages and not problems:
        problems = (_empty(workspace),)
    threads = threads or min(os.cpu_count() or 1, _MOST_THREADS)
    if kept is None:
        encoded, _, _ = _rust.read_contracts(root, packages, threads)
    else:
        encoded = _kept(root, packages, threads, kept)
    return with_sqlx_settings(root, msgspec.msgpack.decode(encoded, type=Contracts)), problems


def _kept(root: Path, packages: tuple[Package, ...], threads: int, kept: ResultCache) -> bytes:
    """The contracts as msgpack. They are a function of the packages and of what the disk held where it was asked: under
    a digest of the packages lies what was asked last, and under one of what that held, the contracts."""
    workspace = sha256(("rust", own_code(), _extension(), packages))
    listed = kept.read(workspace)
    if listed is not None:
        asked = msgspec.msgpack.decode(listed, type=list[str])
        known = kept.read(sha256((workspace, _rust.held(root, asked))))
        if known is not None:
            return known
    encoded, asked, held = _rust.read_contracts(root, packages, threads)
    kept.write(workspace, msgspec.msgpack.encode(asked))
    kept.write(sha256((workspace, held)), encoded)
    return encoded


@cache
def _extension() -> str:
    """The digest of the compiled extension."""
    return hashlib.sha256(Path(_rust.__file__).read_bytes()).hexdigest()


def _unknown(workspace: Workspace, name: str) -> Problem:
    names = [package.name for package in workspace.packages]
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"Did you mean `{near[0]}`?" if near else f"Its packages are {_listed(names)}."
    return Problem(
        rule=Rule.RUST_NOT_FOUND,
        message=f"the workspace `{workspace.manifest}` has no package `{name}`",
        place=f"{workspace.manifest}::{name}",
        consequence="No row, query or handler of it is checked.",
        help=hint,
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _empty(workspace: Workspace) -> Problem:
    return Problem(
        rule=Rule.RUST_NOT_FOUND,
        message=f"the workspace `{workspace.manifest}` has no package",
        place=workspace.manifest,
        span=Span(workspace.manifest, 1),
        consequence="No row, query or handler is checked.",
        help="Name the manifest of the services' workspace as `manifest` in errorbudget.toml.",
    )
