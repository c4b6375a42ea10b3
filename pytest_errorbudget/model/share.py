"""Shares as people write them (``99.95 %``), as exact fractions."""

from __future__ import annotations

import re
from fractions import Fraction

_SHARE = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(%?)\s*|\s*(\d+)\s*/\s*(\d+)\s*", re.ASCII)
_LONGEST = 80


def parse_share(text: str) -> Fraction:
    """``99.95 %``, ``0.9995`` or ``1999/2000`` as a fraction from 0 to 1; ``ValueError`` says what is wrong."""
    if len(text) > _LONGEST:
        raise ValueError(f"`{text}` has more than {_LONGEST} characters: write a share with fewer digits")
    match = _SHARE.fullmatch(text)
    if match is None:
        raise ValueError(f"`{text}` is not a share: write it as `99.95 %`, `0.9995` or `1999/2000`")
    decimal, percent, over, under = match.groups()
    if decimal is None and int(under) == 0:
        raise ValueError(f"`{text}` divides by zero: write it as `99.95 %`, `0.9995` or `1999/2000`")
    share = Fraction(decimal) / (100 if percent else 1) if decimal is not None else Fraction(int(over), int(under))
    if not 0 <= share <= 1:
        raise ValueError(f"`{text}` is not between 0 and 100 %: write it as `99.95 %`, `0.9995` or `1999/2000`")
    return share
