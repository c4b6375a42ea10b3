"""The node ids of generated items: what a person types to select one.

Every part that a user chose is escaped on its own and then joined, so that a tenant called ``a::b`` or ``x[1]``
gives an id that pytest can parse back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNSAFE = re.compile(r"[^A-Za-z0-9_.\-]")


@dataclass(frozen=True, slots=True, order=True)
class ItemId:
    """``path::name`` of one item; ``name`` is already escaped."""

    path: str
    name: str

    def __str__(self) -> str:
        return f"{self.path}::{self.name}"


def escape(part: str) -> str:
    """A user-given name in characters that pytest's node ids carry unchanged (``%`` and two hex digits a byte)."""
    if not part:
        return "%"
    return _UNSAFE.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), part)


def _of_tenant(name: str, tenant: str | None) -> str:
    return name if tenant is None else f"{name}[{tenant_part(tenant)}]"


def tenant_part(tenant: str) -> str:
    """``acme-prod``, or ``core/acme-prod`` where several databases hold tenants."""
    return "/".join(escape(part) for part in tenant.split("/"))


def tenants_item(settings_path: str) -> ItemId:
    return ItemId(settings_path, "tenants")


def schema_item(settings_path: str, tenant: str) -> ItemId:
    return ItemId(settings_path, _of_tenant("schema", tenant))


def slo_item(settings_path: str, slo: str, tenant: str) -> ItemId:
    return ItemId(settings_path, _of_tenant(escape(slo), tenant))


def thresholds_item(settings_path: str, cohort: str, slo: str) -> ItemId:
    return ItemId(settings_path, f"thresholds[{escape(cohort)}/{escape(slo)}]")


def determinism_item(settings_path: str, slo: str) -> ItemId:
    return ItemId(settings_path, f"determinism[{escape(slo)}]")


def migration_item(path: str) -> ItemId:
    return ItemId(path, "replay")


def type_item(path: str, name: str, tenant: str | None) -> ItemId:
    """``name`` carries its module path (``v1::Invoice``) where two structs of one file share a name."""
    return ItemId(path, _of_tenant(".".join(escape(part) for part in name.split("::")), tenant))


def table_item(path: str, name: str, tenant: str | None) -> ItemId:
    """diesel's ``table!``; ``name`` carries its module path where two of one file share a name."""
    return ItemId(path, _of_tenant(f"table.{'.'.join(escape(part) for part in name.split('::'))}", tenant))


def query_item(path: str, function: str, ordinal: int, tenant: str | None) -> ItemId:
    """``ordinal`` counts the queries of one function from 1; the first one is written without it."""
    name = ".".join(escape(part) for part in function.split("::"))
    return ItemId(path, _of_tenant(name if ordinal == 1 else f"{name}#{ordinal}", tenant))


def handler_item(path: str, function: str, tenant: str | None) -> ItemId:
    name = ".".join(escape(part) for part in function.split("::"))
    return ItemId(path, _of_tenant(f"handler.{name}", tenant))


def sli_item(path: str) -> ItemId:
    """All SLI queries of one file."""
    return ItemId(path, "sli")


def ffi_item(path: str, symbol: str) -> ItemId:
    return ItemId(path, f"ffi.{escape(symbol)}")
