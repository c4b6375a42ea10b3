"""The TOML of Cargo's files: version 1.1, whose inline tables go over several lines and may end in a comma."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from pytest_errorbudget.readers import _rust


def cargo_toml(text: str) -> Mapping[str, Any]:
    """The document. Raises ``tomllib.TOMLDecodeError`` for what is not TOML 1.1 either, and ``RecursionError``."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        document = _rust.toml_values_of(text)
        if document is None:
            raise
        return document
