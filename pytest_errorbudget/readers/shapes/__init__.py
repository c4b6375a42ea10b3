"""Queries typed by PostgreSQL itself, in every distinct shape that the tenants have."""

from pytest_errorbudget.readers.shapes.typing import ShapeRequest, type_queries

__all__ = ["ShapeRequest", "type_queries"]
