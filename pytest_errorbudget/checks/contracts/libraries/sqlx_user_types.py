"""Types of the services' own with ``derive(sqlx::Type)``, as far as the sources say what they stand for.

Source: ``sqlx-macros-core/src/derives/type.rs``. A newtype without ``transparent`` declares an SQL type of its own
name, and so refuses the ``text`` that the server reports for a domain (sqlx issue 4003).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pytest_errorbudget.checks.contracts.libraries.answer import Accepts, Answer, NotKnown, Refuses
from pytest_errorbudget.checks.contracts.libraries.sqlx import accepts
from pytest_errorbudget.checks.contracts.libraries.sqlx_attributes import mapping_of
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.rust import RustType, Struct

_DEPTH = 8

UserTypes = Mapping[str, tuple[Struct, ...]]
"""The structs of a crate and of what it can name, by last name."""


def accepts_any(rust: RustType, pg: PgType, own: UserTypes) -> Answer:
    """``sqlx.accepts``, with the services' own types in place of the names that they hide."""
    return _accepts(rust, pg, own, _DEPTH)


def _accepts(rust: RustType, pg: PgType, own: UserTypes, depth: int) -> Answer:
    structs = own.get(rust.path, ())
    if structs and depth:
        return _of_struct(rust, structs, pg, own, depth)
    inner = rust.arguments[-1] if rust.arguments else None
    if inner is not None and rust.path in {"Option", "&", "Box", "Arc", "Rc", "Cow"}:
        return _accepts(inner, pg, own, depth)
    if inner is not None and rust.path in {"Vec", "[]", "[;]"} and own.get(rust.arguments[0].inner.path):
        if not pg.dimensions:
            return Refuses("an array")
        return _accepts(rust.arguments[0], replace(pg, dimensions=0), own, depth)
    return accepts(rust, pg)


def _of_struct(rust: RustType, structs: tuple[Struct, ...], pg: PgType, own: UserTypes, depth: int) -> Answer:
    if len(structs) > 1:
        return NotKnown(f"several types are called `{rust.path}`")
    struct = structs[0]
    if not any(derive.rpartition("::")[2] == "Type" for derive in struct.derives):
        return NotKnown(f"`{rust.path}` implements sqlx's traits by hand")
    mapping = mapping_of(struct.attributes)
    if mapping.transparent and len(struct.fields) == 1:
        return _accepts(struct.fields[0].type, pg, own, depth - 1)
    declared = (mapping.type_name or rust.path).rpartition(".")[2].strip('"')
    same = declared.lower() == pg.name.lower() and not pg.dimensions
    return Accepts() if same else Refuses(declared)
