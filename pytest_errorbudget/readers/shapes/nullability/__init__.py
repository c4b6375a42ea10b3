"""Whether a column of a query's result can be NULL, from the tree into which PostgreSQL itself turned the query."""

from pytest_errorbudget.readers.shapes.nullability.classes import Nullity
from pytest_errorbudget.readers.shapes.nullability.query import output_nullities

__all__ = ["Nullity", "output_nullities"]
