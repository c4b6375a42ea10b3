"""What a PostgreSQL server's catalogue says, read from columns that follow the transaction's snapshot."""

from pytest_errorbudget.readers.catalog.read import read_all, read_types
from pytest_errorbudget.readers.catalog.snapshot import read_snapshot
from pytest_errorbudget.readers.catalog.tenant_schemas import read_schemas

__all__ = ["read_all", "read_schemas", "read_snapshot", "read_types"]
