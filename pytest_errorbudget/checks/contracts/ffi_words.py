"""What a difference at an FFI boundary does, in words."""

from __future__ import annotations

from pytest_errorbudget.checks.contracts.ffi_types import Difference, Kind
from pytest_errorbudget.model.severity import Severity

_WARNINGS = frozenset({Kind.SIGN, Kind.BOOLEAN, Kind.MUTABILITY})


def severity_of(kind: Kind) -> Severity:
    """Differences that leave size and register alone are warnings."""
    return Severity.WARNING if kind in _WARNINGS else Severity.ERROR


def consequence_of(difference: Difference, giver: str, taker: str) -> str:
    """``giver`` and ``taker`` are ``the caller`` and ``the callee``, the other way round for results."""
    match difference.kind:
        case Kind.WIDTH:
            return _width(difference, giver, taker)
        case Kind.SIGN:
            return f"The same bytes are read with another sign: large or negative values differ for {taker}."
        case Kind.BOOLEAN:
            return f"A `bool` other than 0 or 1 is undefined behaviour, and {giver} or {taker} may hold one."
        case Kind.MUTABILITY:
            return f"{giver.capitalize()} promises data that is not written through this pointer; {taker} may write."
        case Kind.REGISTER:
            return (
                "Integers and floating-point numbers travel in different registers on the common 64-bit ABIs: "
                f"{taker} reads a register that {giver} did not set."
            )
        case Kind.POINTER_WIDTH:
            return (
                "A pointer to `str`, a slice or `dyn` is two words, any other is one: the arguments after it are "
                "shifted, and its length is whatever the next register holds."
            )
        case Kind.POINTEE:
            return f"Both are pointers, but {taker} reads or writes memory of another size than {giver} has behind it."
        case Kind.POINTER:
            return f"One side passes an address, the other a number: {taker} takes one for the other."
        case Kind.NOTHING:
            return "One side has a result and the other none: what is read is whatever the register holds, or is lost."
        case Kind.SAME | Kind.UNKNOWN:
            return ""


def _width(difference: Difference, giver: str, taker: str) -> str:
    given, taken = _bytes(difference.passed), _bytes(difference.expected)
    if difference.passed < difference.expected:
        return (
            f"{giver.capitalize()} passes {given} and {taker} reads {taken}: the C ABI leaves the upper "
            f"{_bytes(difference.expected - difference.passed)} undefined."
        )
    lost = "larger values lose their upper part in silence"
    return f"{giver.capitalize()} passes {given} and {taker} reads {taken}: {lost}."


def _bytes(count: int) -> str:
    return f"{count} byte" if count == 1 else f"{count} bytes"
