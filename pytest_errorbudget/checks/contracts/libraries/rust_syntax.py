"""Rust types that stand in strings: ``try_from = "Vec<u8>"``, ``"amount: Option<i64>"``."""

from __future__ import annotations

import re

from pytest_errorbudget.model.rust import RustType

_TOKEN = re.compile(r"\s*(::|'\w+|\w+|[<>,&()\[\];*])")


def parse_type(text: str) -> RustType | None:
    """The type, or ``None`` where it is more than paths, generics, references and tuples."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s+", "", text):
        return None
    parsed, rest = _type(tokens)
    return RustType(parsed.path, parsed.arguments, text.strip()) if parsed is not None and not rest else None


def _type(tokens: list[str]) -> tuple[RustType | None, list[str]]:
    if not tokens:
        return None, []
    head, rest = tokens[0], tokens[1:]
    if head.startswith("'"):
        return _type(rest)
    if head == "&":
        inner, rest = _type(rest)
        return (RustType("&", (inner,)) if inner else None), rest
    if head == "(":
        members, rest = _members(rest, ")")
        return (RustType("()", members) if members is not None else None), rest
    if head == "[":
        members, rest = _members(rest, "]")
        return (RustType("[]", members) if members else None), rest
    return _path(tokens)


def _path(tokens: list[str]) -> tuple[RustType | None, list[str]]:
    if not re.match(r"\w", tokens[0]):
        return None, tokens
    name, rest = tokens[0], tokens[1:]
    while len(rest) >= 2 and rest[0] == "::" and rest[1] != "<":
        name, rest = rest[1], rest[2:]
    if not rest or rest[0] != "<":
        return RustType(name, (), name), rest
    arguments, rest = _members(rest[1:], ">")
    return (RustType(name, arguments) if arguments is not None else None), rest


def _members(tokens: list[str], end: str) -> tuple[tuple[RustType, ...] | None, list[str]]:
    members: list[RustType] = []
    while tokens and tokens[0] != end:
        if tokens[0].startswith("'"):
            tokens = tokens[1:]
        else:
            member, tokens = _type(tokens)
            if member is None:
                return None, tokens
            members.append(member)
        if tokens and tokens[0] == ",":
            tokens = tokens[1:]
    return (tuple(members), tokens[1:]) if tokens else (None, [])
