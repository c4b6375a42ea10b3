"""A database whose tenants are read, and work that goes on beside the reads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pytest_errorbudget.model.settings import Database
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import Layout, Tenant


def core(url: str | None, *tenants: tuple[str, Layout]) -> Database:
    """The database ``core`` with these tenants, and without migrations."""
    return Database(
        name="core",
        url=url,
        migrations=None,
        services=(),
        tenants=tuple(Tenant(name, "core", None, layout) for name, layout in tenants),
        span=Span("errorbudget.toml", 1),
    )


@contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[list[Exception]]:
    """Runs ``work`` without a pause until the block ends; what it raised is in the list afterwards."""
    done = threading.Event()
    failures: list[Exception] = []

    def run() -> None:
        try:
            while not done.is_set():
                work()
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield failures
    finally:
        done.set()
        thread.join()
