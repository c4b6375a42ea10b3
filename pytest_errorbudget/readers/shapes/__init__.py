"""Queries typed by PostgreSQL itself, in every distinct shape that the tenants have."""

from pytest_errorbudget.readers.shape_request import Query, ShapeRequest
from pytest_errorbudget.readers.shapes.typing import type_queries

__all__ = ["Query", "ShapeRequest", "type_queries"]
