"""The records of ``cargo sqlx prepare``: ``.sqlx/query-<hash>.json`` beside a workspace's and its members' manifests.

Format: sqlx-macros-core, ``query/data.rs`` (0.7 and later; the single ``sqlx-data.json`` of 0.6 is not read).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.sqlx_record import SqlxRecord

_POSTGRES = "PostgreSQL"
_TypeInfo = str | dict[str, Any]


class _Column(msgspec.Struct):
    name: str
    type_info: _TypeInfo


class _Describe(msgspec.Struct):
    columns: list[_Column] = []
    parameters: dict[str, Any] | None = None


class _Record(msgspec.Struct):
    db_name: str
    query: str
    describe: _Describe


class _OtherDescribe(msgspec.Struct):
    db_name: str
    query: str


def read_sqlx_records(root: Path, manifests: Iterable[str]) -> tuple[tuple[SqlxRecord, ...], tuple[Unchecked, ...]]:
    """Every record, sorted by path, of the folders of these manifests (paths relative to ``root``); and what could not
    be read."""
    records: list[SqlxRecord] = []
    unread: list[Unchecked] = []
    for folder in sorted({Path(manifest).parent.as_posix() for manifest in manifests}):
        shown = "" if folder == "." else folder
        for file in sorted((root / folder / ".sqlx").glob("query-*.json")):
            path = file.relative_to(root).as_posix()
            try:
                records.append(_record(path, shown, file.read_bytes()))
            except (OSError, msgspec.MsgspecError, KeyError, TypeError) as error:
                unread.append(Unchecked("sqlx-record", path, f"it is no record of sqlx: {error}"))
    return tuple(sorted(records)), tuple(unread)


def _record(path: str, folder: str, data: bytes) -> SqlxRecord:
    head = msgspec.json.decode(data, type=_OtherDescribe)
    if head.db_name != _POSTGRES:
        return SqlxRecord(path=path, folder=folder, sql=head.query, is_postgres=False)
    record = msgspec.json.decode(data, type=_Record)
    parameters = (record.describe.parameters or {}).get("Left") or []
    return SqlxRecord(
        path=path,
        folder=folder,
        sql=record.query,
        columns=tuple((column.name, type_name(column.type_info)) for column in record.describe.columns),
        parameters=tuple(map(type_name, parameters)),
    )


def type_name(info: str | Mapping[str, Any]) -> str:
    """sqlx's ``Int8``, ``TextArray``, ``{"Custom": {"name": "_mood"}}`` as ``int8``, ``text[]``, ``mood[]``."""
    if isinstance(info, str):
        name = info.lower()
        return f"{name.removesuffix('array')}[]" if name.endswith("array") else name
    if "Custom" not in info:
        (inner,) = info.values()
        return type_name(inner) if isinstance(inner, str | dict) else str(inner)
    name = str(info["Custom"]["name"]).rpartition(".")[2].replace('"', "")
    return f"{name[1:]}[]" if name.startswith("_") else name
