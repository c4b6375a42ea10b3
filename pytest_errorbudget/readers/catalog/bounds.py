"""Which values a partition takes, read from ``pg_class.relpartbound``: ``pg_get_expr`` does not follow the snapshot."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from pytest_errorbudget.model.pgtype import CATALOG
from pytest_errorbudget.readers.catalog.constants import plain_text
from pytest_errorbudget.readers.catalog.node_tree import Node, parse
from pytest_errorbudget.readers.catalog.objects import Objects

_MINIMUM, _MAXIMUM = "-1", "1"


@dataclass(frozen=True, slots=True)
class Listed:
    """The values of a list partition, as PostgreSQL prints them; ``printed`` does so to a value that a person wrote."""

    values: tuple[str, ...]
    printed: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Between:
    """Whole numbers from ``low`` (``None``: no bound) up to ``high``, and ``high`` itself where ``reaches``."""

    low: int | None
    high: int | None
    reaches: bool

    def takes(self, value: str) -> bool:
        try:
            number = int(value)
        except ValueError:
            return False
        above = self.low is None or number >= self.low
        return above and (self.high is None or number < self.high or (number == self.high and self.reaches))


@dataclass(frozen=True, slots=True)
class Rest:
    """The default partition."""


@dataclass(frozen=True, slots=True)
class Untold:
    """A hash, a range over what is no whole number or by a key that is not the first, or a type not read here."""


Bound = Listed | Between | Rest | Untold


def bound_of(text: str, position: int, objects: Objects) -> Bound:
    """``position`` is the tenant key's place among the columns of the partition key."""
    node = parse(text)
    if not isinstance(node, Node):
        return Untold()
    if node.text("is_default") == "true":
        return Rest()
    if node.text("strategy") == "l":
        return _listed(node.nodes("listdatums"), objects)
    if node.text("strategy") == "r" and position == 0:
        return _between(node.nodes("lowerdatums"), node.nodes("upperdatums"), objects)
    return Untold()


def _listed(constants: tuple[Node, ...], objects: Objects) -> Bound:
    values = [_text(constant, objects) for constant in constants if constant.text("constisnull") != "true"]
    known = tuple(value for value in values if value is not None)
    if len(known) < len(values):
        return Untold()
    return Listed(known, _printer(constants[0], objects) if constants else str)


def _text(constant: Node, objects: Objects) -> str | None:
    type_ = objects.types.get(constant.number("consttype"))
    return None if type_ is None else plain_text(constant, type_, objects.labels)


def _printer(constant: Node, objects: Objects) -> Callable[[str], str]:
    type_ = objects.types.get(constant.number("consttype"))
    name = type_.name if type_ is not None and type_.schema == CATALOG else ""
    if name == "uuid":
        return _printed_uuid
    return _printed_number if name in {"int2", "int4", "int8"} else str


def _printed_uuid(value: str) -> str:
    try:
        return str(uuid.UUID(value))
    except ValueError:
        return value


def _printed_number(value: str) -> str:
    try:
        return str(int(value))
    except ValueError:
        return value


def _between(lower: tuple[Node, ...], upper: tuple[Node, ...], objects: Objects) -> Bound:
    """Ranges are half-open; where the key has more columns, the upper bound's own value may be in it."""
    try:
        low, high = _limit(lower[0], objects), _limit(upper[0], objects)
    except (ValueError, IndexError):
        return Untold()
    return Between(low, high, reaches=len(upper) > 1 and upper[1].text("kind") != _MINIMUM)


def _limit(datum: Node, objects: Objects) -> int | None:
    """``None`` for MINVALUE and MAXVALUE. Raises ``ValueError`` for what is no whole number."""
    if datum.text("kind") in {_MINIMUM, _MAXIMUM}:
        return None
    constant = datum.node("value")
    text = None if constant is None else _text(constant, objects)
    if text is None:
        raise ValueError("no whole number")
    return int(text)
