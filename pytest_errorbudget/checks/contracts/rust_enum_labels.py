"""``rust-enum-labels``: the labels of a Rust enum are not those of the database's enum.

A label that Rust lacks fails where a row with it is read; one that the database lacks fails where it is written.
tokio-postgres compares the whole set, unless ``allow_mismatch``, and refuses every value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pytest_errorbudget.checks.contracts.draft import Draft
from pytest_errorbudget.checks.contracts.libraries.behaviours import behaviour_of
from pytest_errorbudget.checks.contracts.libraries.own_types import derives, value_of
from pytest_errorbudget.checks.contracts.libraries.sqlx_attributes import mapping_of
from pytest_errorbudget.checks.contracts.reads import Read
from pytest_errorbudget.checks.contracts.scope import Subject, TypeSubject
from pytest_errorbudget.checks.contracts.subjects import read_subjects
from pytest_errorbudget.checks.contracts.view import ShapeView, View
from pytest_errorbudget.model.finding import Label, LabelKind
from pytest_errorbudget.model.rule import Rule
from pytest_errorbudget.model.rust import RustEnum, RustType, StructRef
from pytest_errorbudget.model.rust_queries import Library
from pytest_errorbudget.model.schema import EnumType, Schema
from pytest_errorbudget.model.severity import Severity
from pytest_errorbudget.model.source import Span

_AROUND = frozenset({"Option", "&", "Box", "Arc", "Rc", "Cow", "Vec", "[]", "[;]"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A Rust enum, the database's, the library between them, and the reads that decode it."""

    rust: RustEnum
    stored: EnumType
    library: Library
    reads: tuple[Read, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        found = (dict(variant.labels).get(self.library.value) for variant in self.rust.variants)
        return tuple(label for label in found if label is not None)


def rust_enum_labels(shape: ShapeView, reads: Iterable[Read], view: View) -> Iterator[Draft]:
    """Every enum that a read of this shape decodes, and every other one of the scope whose name the schema has."""
    schema = shape.shape.schema
    decoded: dict[tuple[StructRef, Library], _Pair] = {}
    for read in reads:
        pair = _decoded(read, schema, view)
        if pair is not None:
            key = StructRef(pair.rust.span.path, pair.rust.name), pair.library
            known = decoded.get(key, pair)
            decoded[key] = _Pair(rust=pair.rust, stored=pair.stored, library=pair.library, reads=(*known.reads, read))
    for rust in view.contracts.enums:
        for library, stored in _named(rust, schema) if view.scope.reads(rust.crate) else ():
            key = StructRef(rust.span.path, rust.name), library
            decoded.setdefault(key, _Pair(rust=rust, stored=stored, library=library))
    for pair in decoded.values():
        yield from _of_pair(pair, view)


def _decoded(read: Read, schema: Schema, view: View) -> _Pair | None:
    own = view.types(read.crate, schema)
    held = read.field.type if read.library is Library.DIESEL and read.field is not None else read.target
    while isinstance(held, RustType) and held.path in _AROUND and held.arguments:
        held = held.arguments[-1]
    found = own.named(held.path) if held is not None else ()
    stored = own.enum(read.column.type) if read.column is not None else None
    match found:
        case (RustEnum(repr=None) as rust,) if stored is not None:
            return _Pair(rust=rust, stored=stored, library=read.library)
        case _:
            return None


def _named(rust: RustEnum, schema: Schema) -> Iterator[tuple[Library, EnumType]]:
    """The database's enum that each derive declares, where there is one of the name."""
    last = rust.name.rpartition("::")[2]
    names: dict[Library, str] = {}
    if derives(rust, "Type") and rust.repr is None:
        names[Library.SQLX] = (mapping_of(rust.attributes).type_name or last).rpartition(".")[2].strip('"').lower()
    if derives(rust, "FromSql", "ToSql"):
        names[Library.TOKIO_POSTGRES] = value_of(rust.attributes, "postgres", "name") or last
    if derives(rust, "DeriveActiveEnum"):
        names[Library.SEA_ORM] = value_of(rust.attributes, "sea_orm", "enum_name") or ""
    for library, name in names.items():
        folded = library is Library.SQLX
        found = [each for each in schema.enums if (each.name.lower() if folded else each.name) == name]
        if len(found) == 1:
            yield library, found[0]


def _of_pair(pair: _Pair, view: View) -> Iterator[Draft]:
    if not pair.labels or len(pair.labels) != len(pair.rust.variants):
        return  # a variant without a label is written by hand
    lacking = tuple(label for label in pair.stored.labels if label not in pair.labels)
    unknown = tuple(label for label in pair.labels if label not in pair.stored.labels)
    strict = pair.library is Library.TOKIO_POSTGRES
    strict = strict and value_of(pair.rust.attributes, "postgres", "allow_mismatch") is None
    if lacking:
        yield _lacks(pair, lacking, strict, view)
    if unknown:
        yield _unknown(pair, unknown, strict, view)


def _lacks(pair: _Pair, labels: tuple[str, ...], strict: bool, view: View) -> Draft:
    severity = Severity.ERROR if pair.reads else Severity.WARNING
    text = f"enum `{pair.rust.name}` has no variant for {_shown(labels)} of the database's `{pair.stored.name}`"
    consequence = _whole_set(pair) if strict else _at_read(pair, labels)
    help = f"add a variant for {_shown(labels)} before a row holds it"
    return _draft(pair, view, severity, text, f"no variant for {_shown(labels)}", consequence, help)


def _unknown(pair: _Pair, labels: tuple[str, ...], strict: bool, view: View) -> Draft:
    severity = Severity.ERROR if strict and pair.reads else Severity.WARNING
    text = f"enum `{pair.rust.name}` has {_shown(labels)}, which the database's `{pair.stored.name}` lacks"
    written = (
        f"Writing {_shown(labels)} fails at run time with {behaviour_of(pair.library).database} (SQLSTATE 22P02: "
        f"invalid input value for enum {pair.stored.name}); reading is not concerned."
    )
    help = f"add the label in a migration: `alter type {pair.stored.name} add value '{labels[0]}'`"
    label = f"{_shown(labels)}: no label of the database's"
    return _draft(pair, view, severity, text, label, _whole_set(pair) if strict else written, help)


def _at_read(pair: _Pair, labels: tuple[str, ...]) -> str:
    errors = {
        Library.SQLX: f'`sqlx::Error::ColumnDecode` (invalid value "{labels[0]}" for enum {pair.rust.name})',
        Library.SEA_ORM: f"`DbErr::Type` (unexpected value for {pair.rust.name} enum: {labels[0]})",
        Library.TOKIO_POSTGRES: f"`tokio_postgres::Error` (invalid variant `{labels[0]}`)",
        Library.DIESEL: "`diesel::result::Error::DeserializationError` (Unrecognized enum variant)",
    }
    return (
        f"The first row that holds {_shown(labels, 'or')} fails at run time with {errors[pair.library]}, so a 500 "
        "where a handler passes it on."
    )


def _whole_set(pair: _Pair) -> str:
    return (
        "postgres-types compares the whole set of labels: every value, read or written, fails at run time with "
        f"`tokio_postgres::Error` (cannot convert between the Rust type `{pair.rust.name}` and the Postgres type "
        f"`{pair.stored.name}`), unless the enum is marked `#[postgres(allow_mismatch)]`."
    )


def _shown(labels: tuple[str, ...], last: str = "and") -> str:
    names = [f"`{label}`" for label in labels]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def _draft(pair: _Pair, view: View, severity: Severity, text: str, label: str, consequence: str, help: str) -> Draft:
    rust = pair.rust
    subjects: tuple[Subject, ...] = (TypeSubject(rust.span.path, rust.name),)
    if not view.scope.reads(rust.crate):
        subjects = tuple(sorted({each for read in pair.reads for each in read_subjects(read)}, key=repr))
    origin = _origin(pair.stored, view)
    made = (Label(origin, f"`{pair.stored.name}` is made here", LabelKind.CONTEXT),) if origin is not None else ()
    return Draft(
        rule=Rule.RUST_ENUM_LABELS,
        severity=severity,
        place=f"{rust.span.path}::{rust.name}",
        text=text,
        subjects=subjects,
        labels=(Label(rust.span, label), *made),
        consequence=consequence,
        help=help,
    )


def _origin(stored: EnumType, view: View) -> Span | None:
    if stored.origin is not None or view.migrated is None:
        return stored.origin
    found = (e.origin for e in view.migrated.enums if (e.schema, e.name) == (stored.schema, stored.name))
    return next(found, None)
