"""The JSON Schemas of what is written, made from the formats themselves and published beside this file.

``python -m pytest_errorbudget.report.schemas`` writes them anew.
"""

from __future__ import annotations

import msgspec

from pytest_errorbudget.report.facts_format import FactsFile
from pytest_errorbudget.report.log_format import ExecutionLog

FORMATS: dict[str, type[msgspec.Struct]] = {
    "execution-log.schema.json": ExecutionLog,
    "facts.schema.json": FactsFile,
}


def schema_text(name: str) -> str:
    """The text of one published schema."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(FORMATS[name])}
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode() + "\n"
