"""``ffi-mismatch``: a declaration of a foreign function differs from the definition behind its symbol.

The linker matches names only; nothing else compares the two sides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pytest_errorbudget.checks.contracts.ffi_types import Difference, Kind, compare
from pytest_errorbudget.checks.contracts.ffi_words import consequence_of, severity_of
from pytest_errorbudget.checks.contracts.places import shown_type
from pytest_errorbudget.model.contracts import Contracts
from pytest_errorbudget.model.finding import Affected, Finding, Label, LabelKind
from pytest_errorbudget.model.item import ffi_item
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import RustType
from pytest_errorbudget.model.rust_boundaries import FfiFunction, Side
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span


def ffi_findings(contracts: Contracts) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
    """Every declaration against the one definition of its symbol in the workspace."""
    definitions: defaultdict[str, list[FfiFunction]] = defaultdict(list)
    for function in contracts.ffi:
        if function.side is Side.DEFINITION:
            definitions[function.symbol].append(function)
    findings: list[Finding] = []
    unchecked: list[Unchecked] = []
    for declaration in contracts.ffi:
        if declaration.side is not Side.DECLARATION:
            continue
        for said in _of_declaration(declaration, definitions[declaration.symbol]):
            if isinstance(said, Finding):
                findings.append(said)
            else:
                unchecked.append(said)
    return tuple(findings), tuple(unchecked)


def _of_declaration(declaration: FfiFunction, found: list[FfiFunction]) -> Iterator[Finding | Unchecked]:
    if not found:
        yield _unchecked(declaration, "the workspace does not define it")
        return
    if len({_signature(each) for each in found}) > 1:
        where = ", ".join(sorted(str(each.span) for each in found))
        yield _unchecked(declaration, f"the workspace defines it in different ways ({where})")
        return
    definition = found[0]
    yield from _abi(declaration, definition)
    if len(declaration.parameters) != len(definition.parameters) or declaration.variadic != definition.variadic:
        yield _count(declaration, definition)
        return
    pairs = zip(declaration.parameters, definition.parameters, strict=True)
    for position, ((declared, place), (defined, there)) in enumerate(pairs, 1):
        yield from _parameter(declaration, position, (declared, place), (defined, there))
    yield from _result(declaration, definition)


def _signature(function: FfiFunction) -> tuple[str, tuple[str, ...], str, bool]:
    parameters = tuple(shown_type(rust) for rust, _ in function.parameters)
    result = shown_type(function.result) if function.result is not None else "()"
    return function.abi, parameters, result, function.variadic


def _unchecked(declaration: FfiFunction, reason: str) -> Unchecked:
    return Unchecked("ffi", _place(declaration), reason, declaration.span)


def _place(declaration: FfiFunction) -> str:
    return f"{declaration.path}::{declaration.symbol}"


def _abi(declaration: FfiFunction, definition: FfiFunction) -> Iterator[Finding]:
    if declaration.abi == definition.abi:
        return
    abis = {declaration.abi, definition.abi}
    families = {abi.removesuffix("-unwind") for abi in abis}
    if len(families) == 1:
        severity, consequence = (
            Severity.WARNING,
            "A panic that crosses this boundary aborts, or is undefined behaviour.",
        )
    elif families == {"C", "system"}:
        severity, consequence = Severity.WARNING, "The two differ on 32-bit Windows only, where the stack is corrupted."
    else:
        severity = Severity.ERROR
        consequence = "The two sides agree neither on registers nor on the stack: every call is undefined behaviour."
    yield _finding(
        declaration,
        severity=severity,
        message=f'`{declaration.symbol}` is declared `extern "{declaration.abi}"` and defined '
        f'`extern "{definition.abi}"`',
        labels=(
            Label(declaration.span, f'declared `extern "{declaration.abi}"`'),
            Label(definition.span, f'defined `extern "{definition.abi}"`', LabelKind.CONTEXT),
        ),
        consequence=consequence,
        help=f'declare it in an `extern "{definition.abi}"` block'
        if definition.abi != "Rust"
        else 'define it as `pub extern "C" fn`',
    )


def _count(declaration: FfiFunction, definition: FfiFunction) -> Finding:
    declared, defined = _counted(declaration), _counted(definition)
    fewer = len(declaration.parameters) < len(definition.parameters)
    return _finding(
        declaration,
        severity=Severity.ERROR,
        message=f"`{declaration.symbol}` is declared with {declared} and defined with {defined}",
        labels=(
            Label(declaration.span, f"declared with {declared}"),
            Label(definition.span, f"defined with {defined}", LabelKind.CONTEXT),
        ),
        consequence="The callee reads arguments that the caller did not pass: whatever the registers or the stack hold."
        if fewer
        else "The two sides do not agree on the arguments: the callee does not see all that the caller passes.",
        help="declare the parameters as the definition has them",
    )


def _counted(function: FfiFunction) -> str:
    count = len(function.parameters)
    text = f"{count} {'parameter' if count == 1 else 'parameters'}"
    return f"{text} and `...`" if function.variadic else text


def _parameter(
    declaration: FfiFunction,
    position: int,
    declared: tuple[RustType, Span],
    defined: tuple[RustType, Span],
) -> Iterator[Finding | Unchecked]:
    difference = compare(declared[0], defined[0])
    yield from _difference(
        declaration,
        difference,
        part=f"parameter {position}",
        subject=f"parameter {position} of `{declaration.symbol}`",
        types=(shown_type(declared[0]), shown_type(defined[0])),
        spans=(declared[1], defined[1]),
        sides=("the caller", "the callee"),
    )


def _result(declaration: FfiFunction, definition: FfiFunction) -> Iterator[Finding | Unchecked]:
    difference = compare(definition.result, declaration.result)
    yield from _difference(
        declaration,
        difference,
        part="result",
        subject=f"the result of `{declaration.symbol}`",
        types=(_shown(declaration.result), _shown(definition.result)),
        spans=(declaration.span, definition.span),
        sides=("the callee", "the caller"),
    )


def _shown(result: RustType | None) -> str:
    return shown_type(result) if result is not None else "()"


def _difference(
    declaration: FfiFunction,
    difference: Difference,
    *,
    part: str,
    subject: str,
    types: tuple[str, str],
    spans: tuple[Span, Span],
    sides: tuple[str, str],
) -> Iterator[Finding | Unchecked]:
    if difference.kind is Kind.SAME:
        return
    if difference.kind is Kind.UNKNOWN:
        yield _unchecked(declaration, f"{part} is `{types[0]}` here and `{types[1]}` there: the layouts are not known")
        return
    yield _finding(
        declaration,
        severity=severity_of(difference.kind),
        message=f"{subject} is declared `{types[0]}` and defined `{types[1]}`",
        labels=(
            Label(spans[0], f"declared `{types[0]}`"),
            Label(spans[1], f"defined `{types[1]}`", LabelKind.CONTEXT),
        ),
        consequence=consequence_of(difference, *sides),
        help=f"declare it as `{types[1]}`, or change the definition",
    )


def _finding(
    declaration: FfiFunction,
    *,
    severity: Severity,
    message: str,
    labels: tuple[Label, ...],
    consequence: str,
    help: str,
) -> Finding:
    return Finding(
        rule=Rule.FFI_MISMATCH,
        severity=severity,
        message=message,
        place=_place(declaration),
        affected=(Affected(ffi_item(declaration.path, declaration.symbol)),),
        labels=labels,
        consequence=consequence,
        help=help,
    )
