"""FFI declarations against the definitions behind their symbols."""

from __future__ import annotations

import pytest
from rust_types import rust

from pytest_errorbudget.checks.contracts import boundary_findings
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.finding import Affected, Label, LabelKind
from pytest_errorbudget.model.item import ItemId
from pytest_errorbudget.model.rust import RustType
from pytest_errorbudget.model.rust_boundaries import FfiFunction, Side
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span

HERE, THERE = "services/ingest/src/ffi.rs", "services/recorder/src/lib.rs"


def ffi_type(text: str) -> RustType:
    for pointer in ("*const ", "*mut ", "&mut "):
        if text.startswith(pointer):
            return RustType(pointer.strip(), (ffi_type(text.removeprefix(pointer)),), text)
    if text == "fn":
        return RustType("fn", (), 'extern "C" fn()')
    if text == "Option<fn>":
        return RustType("Option", (RustType("fn"),), text)
    return rust(text)


def function(side: Side, parameters: str, result: str | None = None, abi: str = "C", crate: str = "") -> FfiFunction:
    path, line = (HERE, 3) if side is Side.DECLARATION else (THERE, 20)
    named = [text.strip() for text in parameters.split(",") if text.strip()]
    return FfiFunction(
        path=path,
        symbol="eb_record_event",
        side=side,
        crate=crate or side.value,
        abi=abi,
        parameters=tuple((ffi_type(text), Span(path, line, 10 * n)) for n, text in enumerate(named, 1)),
        result=ffi_type(result) if result is not None else None,
        span=Span(path, line),
    )


def checked(declared: str, defined: str, *, results: tuple[str | None, str | None] = (None, None)):
    return boundary_findings(
        Contracts(
            ffi=(
                function(Side.DECLARATION, declared, results[0]),
                function(Side.DEFINITION, defined, results[1]),
            )
        )
    )


def test_a_parameter_of_another_width():
    (finding,), unchecked = checked("*const u8, i32", "*const u8, i64")
    assert finding.message == "parameter 2 of `eb_record_event` is declared `i32` and defined `i64`"
    assert finding.consequence == (
        "The caller passes 4 bytes and the callee reads 8 bytes: the C ABI leaves the upper 4 bytes undefined."
    )
    assert finding.help == "declare it as `i64`, or change the definition"
    assert finding.place == "services/ingest/src/ffi.rs::eb_record_event"
    assert finding.affected == (Affected(ItemId(HERE, "ffi.eb_record_event")),)
    assert finding.labels == (
        Label(Span(HERE, 3, 20), "declared `i32`"),
        Label(Span(THERE, 20, 20), "defined `i64`", LabelKind.CONTEXT),
    )
    assert unchecked == ()


@pytest.mark.parametrize(
    ("declared", "defined"),
    [
        ("i32", "c_int"),
        ("c_char", "i8"),
        ("c_char", "u8"),
        ("usize", "size_t"),
        ("&u8", "*const u8"),
        ("*mut u8", "&mut u8"),
        ("*const c_char", "*const i8"),
        ("*mut c_void", "*mut Handle"),
        ("Option<fn>", "fn"),
        ("*mut u8", "*const u8"),
        ("c_long", "c_long"),
        ("Event", "Event"),
    ],
)
def test_types_that_pass_the_same_way(declared, defined):
    assert checked(declared, defined) == ((), ())


@pytest.mark.parametrize(
    ("declared", "defined", "severity", "consequence"),
    [
        (
            "i64",
            "i32",
            Severity.ERROR,
            "The caller passes 8 bytes and the callee reads 4 bytes: larger values lose their upper part in silence.",
        ),
        (
            "u32",
            "i32",
            Severity.WARNING,
            "The same bytes are read with another sign: large or negative values differ for the callee.",
        ),
        (
            "*const u8",
            "*mut u8",
            Severity.WARNING,
            "The caller promises data that is not written through this pointer; the callee may write.",
        ),
        (
            "i64",
            "f64",
            Severity.ERROR,
            "Integers and floating-point numbers travel in different registers on the common 64-bit ABIs: the callee "
            "reads a register that the caller did not set.",
        ),
        (
            "u8",
            "bool",
            Severity.WARNING,
            "A `bool` other than 0 or 1 is undefined behaviour, and the caller or the callee may hold one.",
        ),
        (
            "*const i32",
            "*const i64",
            Severity.ERROR,
            "Both are pointers, but the callee reads or writes memory of another size than the caller has behind it.",
        ),
        (
            "*const u8",
            "&str",
            Severity.ERROR,
            "A pointer to `str`, a slice or `dyn` is two words, any other is one: the arguments after it are shifted, "
            "and its length is whatever the next register holds.",
        ),
        (
            "i32",
            "*const u8",
            Severity.ERROR,
            "One side passes an address, the other a number: the callee takes one for the other.",
        ),
    ],
)
def test_types_that_do_not(declared, defined, severity, consequence):
    (finding,), _ = checked(declared, defined)
    assert (finding.severity, finding.consequence) == (severity, consequence)


@pytest.mark.parametrize(
    ("declared", "defined"),
    [("c_long", "i64"), ("usize", "u64"), ("Event", "EventV2"), ("*const Event", "*const Other"), ("usize", "*mut u8")],
)
def test_what_depends_on_the_platform_or_a_layout_is_counted(declared, defined):
    findings, (unchecked,) = checked(declared, defined)
    assert findings == ()
    assert unchecked.reason == f"parameter 1 is `{declared}` here and `{defined}` there: the layouts are not known"


def test_results_are_read_the_other_way_round():
    (finding,), _ = checked("", "", results=("i64", "i32"))
    assert finding.message == "the result of `eb_record_event` is declared `i64` and defined `i32`"
    assert finding.consequence == (
        "The callee passes 4 bytes and the caller reads 8 bytes: the C ABI leaves the upper 4 bytes undefined."
    )


def test_a_result_that_nobody_gives():
    (finding,), _ = checked("", "", results=("i32", None))
    assert finding.message == "the result of `eb_record_event` is declared `i32` and defined `()`"


def test_another_number_of_parameters():
    (finding,), _ = checked("u8", "u8, u8")
    assert finding.message == "`eb_record_event` is declared with 1 parameter and defined with 2 parameters"
    assert finding.consequence == (
        "The callee reads arguments that the caller did not pass: whatever the registers or the stack hold."
    )


@pytest.mark.parametrize(
    ("abi", "severity"), [("Rust", Severity.ERROR), ("C-unwind", Severity.WARNING), ("system", Severity.WARNING)]
)
def test_another_abi(abi, severity):
    contracts = Contracts(ffi=(function(Side.DECLARATION, "u8"), function(Side.DEFINITION, "u8", abi=abi)))
    (finding,), _ = boundary_findings(contracts)
    assert finding.message == f'`eb_record_event` is declared `extern "C"` and defined `extern "{abi}"`'
    assert finding.severity is severity


def test_a_symbol_that_the_workspace_does_not_define_is_counted():
    findings, (unchecked,) = boundary_findings(Contracts(ffi=(function(Side.DECLARATION, "u8"),)))
    assert (findings, unchecked.reason) == ((), "the workspace does not define it")


def test_a_symbol_defined_in_two_ways_is_counted():
    contracts = Contracts(
        ffi=(
            function(Side.DECLARATION, "u8"),
            function(Side.DEFINITION, "u8", crate="one"),
            function(Side.DEFINITION, "u16", crate="two"),
        )
    )
    findings, (unchecked,) = boundary_findings(contracts)
    assert findings == ()
    assert unchecked.reason == f"the workspace defines it in different ways ({THERE}:20:1, {THERE}:20:1)"


def test_definitions_alone_say_nothing():
    assert boundary_findings(Contracts(ffi=(function(Side.DEFINITION, "u8"),))) == ((), ())
