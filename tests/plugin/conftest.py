"""pytest in pytest, over a small repository of the tests' own."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb  # noqa: F401 # a second import of duckdb in one process aborts it; in-process runs forget lazy imports
import pytest

import pytest_errorbudget
from pytest_errorbudget.readers.scratch import ScratchServer

sys.path.insert(0, str(Path(__file__).parent))

from shop import Shop, provision, write_shop  # beside this file, where importlib mode does not look

for _module in pkgutil.walk_packages(pytest_errorbudget.__path__, "pytest_errorbudget."):
    # In-process runs drop what they import and import it anew: slow, and its classes are other ones.
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)


@pytest.fixture(scope="session")
def shop_database(scratch: ScratchServer) -> Iterator[str]:
    """The tenants' server, for reading."""
    with scratch.database() as conninfo:
        provision(conninfo)
        yield conninfo


@pytest.fixture
def shop(pytester: pytest.Pytester) -> Shop:
    """The repository, with servers that nobody has named."""
    return write_shop(pytester)


@pytest.fixture
def running_shop(shop: Shop, monkeypatch: pytest.MonkeyPatch, scratch: ScratchServer, shop_database: str) -> Shop:
    """The repository, with its servers in the variables that its settings name."""
    monkeypatch.setenv("SHOP_DATABASE_URL", shop_database)
    monkeypatch.setenv("SHOP_REPLAY_URL", scratch.conninfo("postgres"))
    return shop
