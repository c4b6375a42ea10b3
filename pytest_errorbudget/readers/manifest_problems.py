"""What can be wrong with a Cargo manifest, in words."""

from __future__ import annotations

from pytest_errorbudget.model.problem import Problem
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.readers.toml_places import TomlSyntaxError, key_places

_CONSEQUENCE = "No row, query or handler of it is checked."


def missing(path: str) -> Problem:
    return Problem(
        rule=Rule.RUST_NOT_FOUND,
        message=f"there is no Cargo manifest `{path}`",
        place=path,
        consequence=_CONSEQUENCE,
        help="Name the workspace's manifest as `manifest` in errorbudget.toml, relative to the rootdir.",
    )


def unreadable(path: str, reason: str) -> Problem:
    return Problem(
        rule=Rule.RUST_NOT_FOUND,
        message=f"the Cargo manifest `{path}` cannot be read: {reason}",
        place=path,
        consequence=_CONSEQUENCE,
        help="Make it readable, as UTF-8.",
    )


def invalid(path: str, text: str, reason: str) -> Problem:
    span = None
    try:
        key_places(path, text)
    except TomlSyntaxError as error:
        span, reason = error.span, error.message
    return Problem(
        rule=Rule.RUST_NOT_FOUND,
        message=f"the Cargo manifest `{path}` is not TOML: {reason}",
        place=path,
        span=span,
        consequence=_CONSEQUENCE,
        help="`cargo metadata --no-deps` refuses it too: mend the line.",
    )


def not_cargo(path: str) -> Problem:
    return Problem(
        rule=Rule.RUST_NOT_FOUND,
        message=f"`{path}` has neither `[workspace]` nor `[package]`",
        place=path,
        span=Span(path, 1),
        consequence=_CONSEQUENCE,
        help="Name the manifest of the Cargo workspace as `manifest` in errorbudget.toml.",
    )


def member_missing(path: str, pattern: str) -> Problem:
    return Problem(
        rule=Rule.RUST_NOT_FOUND,
        message=f"no package matches the workspace member `{pattern}`",
        place=f"{path}::{pattern}",
        span=Span(path, 1),
        consequence=_CONSEQUENCE,
        help="Remove the member, or add the package.",
    )
