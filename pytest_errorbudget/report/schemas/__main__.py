"""Write the published schemas anew."""

from __future__ import annotations

from pathlib import Path

from pytest_errorbudget.report.files import write_bytes
from pytest_errorbudget.report.schemas import FORMATS, schema_text

for _name in FORMATS:
    write_bytes(Path(__file__).with_name(_name), schema_text(_name).encode())
