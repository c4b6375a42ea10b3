"""The digest of counts: the same for the same counts, however they were found."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pytest_errorbudget.model.counts import Series
from pytest_errorbudget.model.formats.counts_digest import counts_digest

ONE = Series(tenant="a", service="api", slo="ok", starts_us=(0, 300), valid=(5, 2), bad=(1, 0))
TWO = Series(tenant="b", service="api", slo="ok", starts_us=(300,), valid=(7,), bad=(7,))


def test_the_bytes_are_the_documented_ones() -> None:
    def text(value: str) -> bytes:
        return struct.pack(">q", len(value.encode())) + value.encode()

    expected = b"errorbudget counts 1\n" + struct.pack(">qq", 300, 1)
    expected += text("a") + text("ok") + text("api") + struct.pack(">q", 2)
    expected += struct.pack(">qqqqqq", 0, 300, 5, 2, 1, 0)
    assert counts_digest(300, (ONE,)) == f"sha256:{hashlib.sha256(expected).hexdigest()}"


@given(st.permutations([ONE, TWO, replace(ONE, slo="fast")]))
def test_the_order_of_series_does_not_matter(series: list[Series]) -> None:
    assert counts_digest(300, series) == counts_digest(300, (ONE, TWO, replace(ONE, slo="fast")))


def test_a_series_without_windows_does_not_matter() -> None:
    silent = Series(tenant="c", service="api", slo="ok", starts_us=(), valid=(), bad=())
    assert counts_digest(300, (ONE, silent)) == counts_digest(300, (ONE,))


def test_every_number_and_name_matters() -> None:
    others = (
        replace(ONE, tenant="b"),
        replace(ONE, service="web"),
        replace(ONE, slo="fast"),
        replace(ONE, starts_us=(0, 600)),
        replace(ONE, valid=(5, 3)),
        replace(ONE, bad=(0, 0)),
    )
    digests = {counts_digest(300, (ONE,)), counts_digest(600, (ONE,)), *(counts_digest(300, (one,)) for one in others)}
    assert len(digests) == len(others) + 2
