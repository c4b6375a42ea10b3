"""The digest of a table of counts: SHA-256 over a form that has no order, no shard and no engine in it.

The bytes, in this order; integers are signed, 64 bits, big-endian; text is UTF-8 behind its length in bytes:

1. ``errorbudget counts 1`` and a line feed, in ASCII
2. the window in µs, and the number of series
3. for each series, by (tenant, SLO, service) in order of their bytes: tenant, SLO, service (text), the number of
   windows, then all starts in µs, all valid counts, all bad counts (by start)

A series without windows is left out: a tenant without traffic counts the same whether it is listed or not.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence

from pytest_errorbudget.model.counts import Series

_HEADER = b"errorbudget counts 1\n"


def counts_digest(window_us: int, series: Iterable[Series]) -> str:
    """``sha256:`` and 64 hex digits."""
    full = sorted((one for one in series if one.starts_us), key=_key)
    digest = hashlib.sha256(_HEADER + _integers((window_us, len(full))))
    for one in full:
        for part in _bytes(one):
            digest.update(part)
    return f"sha256:{digest.hexdigest()}"


def _key(series: Series) -> tuple[bytes, bytes, bytes]:
    return series.tenant.encode(), series.slo.encode(), series.service.encode()


def _bytes(series: Series) -> Iterator[bytes]:
    for text in _key(series):
        yield _integers((len(text),)) + text
    yield _integers((len(series.starts_us),))
    for column in (series.starts_us, series.valid, series.bad):
        yield _integers(column)


def _integers(numbers: Sequence[int]) -> bytes:
    packed = array("q", numbers)
    if sys.byteorder == "little":
        packed.byteswap()
    return packed.tobytes()
