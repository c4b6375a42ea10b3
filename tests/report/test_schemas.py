"""The published JSON Schemas are those of the formats."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from pytest_errorbudget.report.schemas import FORMATS, schema_text


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_published_schema_is_the_generated_one(name: str) -> None:
    published = files("pytest_errorbudget.report.schemas").joinpath(name).read_text(encoding="utf-8")
    assert published == schema_text(name), "write it anew: python -m pytest_errorbudget.report.schemas"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_schema_is_valid(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text(name)))
