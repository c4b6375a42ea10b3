"""Numbers and lists of names as the log and the terminal write them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

_SECOND_US = 1_000_000
_UNITS = (
    ("d", 86_400 * _SECOND_US),
    ("h", 3_600 * _SECOND_US),
    ("min", 60 * _SECOND_US),
    ("s", _SECOND_US),
    ("ms", 1_000),
    ("µs", 1),
)


def counted(number: int, one: str, many: str = "") -> str:
    """``1 table``, ``2,341 columns``; ``many`` where an ``s`` does not do."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def compact(number: int) -> str:
    """``912``, ``41.2K``, ``1.2M``: half to even in tenths, from a thousand up."""
    if number < 1000:
        return str(number)
    for unit, size in (("G", 10**9), ("M", 10**6)):
        whole, tenth = _tenths(number, size)
        if whole:
            return f"{whole}{tenth}{unit}"
    return "{}{}K".format(*_tenths(number, 1000))


def _tenths(number: int, size: int) -> tuple[int, str]:
    """``number / size`` to one place: the whole part, and ``.2`` or nothing."""
    whole, tenth = divmod(round(Fraction(number * 10, size)), 10)
    return whole, f".{tenth}" if tenth else ""


def decimal(number: Fraction, places: int) -> str:
    """A fraction in ``places`` decimals, half to even, from its exact value."""
    return f"{_scaled(number, places, ROUND_HALF_EVEN):f}"


def percent_floor(share: Fraction, places: int = 1) -> str:
    """``99.2%``: rounded down, so that a share is never said to be larger than it is."""
    return f"{_scaled(share * 100, places, ROUND_FLOOR):f}%"


def percent(share: Fraction, places: int = 1) -> str:
    return f"{decimal(share * 100, places)}%"


def _scaled(number: Fraction, places: int, rounding: str) -> Decimal:
    scaled = number * 10**places
    units = scaled.numerator // scaled.denominator if rounding == ROUND_FLOOR else round(scaled)
    # ``scaleb`` rounds to the context's precision, so the context has room for every digit of the number.
    context = Context(prec=max(28, len(str(abs(units)))))
    return Decimal(units).scaleb(-places, context)


def duration(span_us: int) -> str:
    """The two largest units: ``3 d 4 h``, ``5 min``, ``350 ms``; cut off, not rounded."""
    for position, (unit, size) in enumerate(_UNITS):
        if span_us >= size:
            rest_unit, rest_size = _UNITS[min(position + 1, len(_UNITS) - 1)]
            whole, rest = divmod(span_us, size)
            parts = rest // rest_size if position < 3 else 0
            return f"{whole} {unit} {parts} {rest_unit}" if parts else f"{whole} {unit}"
    return "0 s"


def named(names: Sequence[str], one: str, *, shown: int = 3) -> str:
    """``tenant acme-prod``, ``2 tenants: a, b``, ``11 tenants: a, b, c, … (+8)``."""
    if len(names) == 1:
        return f"{one} {names[0]}"
    more = len(names) - shown
    tail = f", … (+{more})" if more > 0 else ""
    return f"{len(names)} {one}s: {', '.join(names[:shown])}{tail}"
