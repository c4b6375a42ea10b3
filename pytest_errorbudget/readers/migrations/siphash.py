"""SipHash-1-3 with a key of zeros, as Rust's ``siphasher`` computes it: refinery's checksum of a migration."""

from __future__ import annotations

import struct

_MASK = 2**64 - 1
_START = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)

State = tuple[int, int, int, int]


def siphash13(data: bytes) -> int:
    """64 bits, unsigned."""
    state = _START
    words = len(data) // 8
    for (word,) in struct.iter_unpack("<Q", data[: words * 8]):
        state = _absorbed(state, word)
    last = int.from_bytes(data[words * 8 :], "little") | (len(data) & 0xFF) << 56
    v0, v1, v2, v3 = _absorbed(state, last)
    state = (v0, v1, v2 ^ 0xFF, v3)
    for _ in range(3):
        state = _round(state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _absorbed(state: State, word: int) -> State:
    v0, v1, v2, v3 = state
    v0, v1, v2, v3 = _round((v0, v1, v2, v3 ^ word))
    return v0 ^ word, v1, v2, v3


def _round(state: State) -> State:
    v0, v1, v2, v3 = state
    v0 = (v0 + v1) & _MASK
    v1 = _rotated(v1, 13) ^ v0
    v0 = _rotated(v0, 32)
    v2 = (v2 + v3) & _MASK
    v3 = _rotated(v3, 16) ^ v2
    v0 = (v0 + v3) & _MASK
    v3 = _rotated(v3, 21) ^ v0
    v2 = (v2 + v1) & _MASK
    v1 = _rotated(v1, 17) ^ v2
    return v0, v1, _rotated(v2, 32), v3


def _rotated(word: int, by: int) -> int:
    return (word << by | word >> (64 - by)) & _MASK
