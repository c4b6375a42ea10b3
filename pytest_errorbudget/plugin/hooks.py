"""Wiring. Without ``--errorbudget`` only options, a marker and the fixtures' parameters are here."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_errorbudget.plugin.fixtures import parametrize_tenant
from pytest_errorbudget.plugin.options import add_options, options_of, refuse_misuse


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    options = options_of(config)
    if not options.init:
        return None
    from pytest_errorbudget.plugin.init import write_settings

    write_settings(config, options)
    return pytest.ExitCode.OK


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "errorbudget(cohort=None, tenants=None): narrows the `tenant` fixture to a cohort or to some tenants; "
        "generated items carry it too",
    )
    options = options_of(config)
    refuse_misuse(options)
    if not options.enabled:
        return
    # Everything that costs an import lives behind the flag.
    workerinput = getattr(config, "workerinput", None)
    if workerinput is None:
        from pytest_errorbudget.plugin.session import register

        register(config, options)
    else:
        from pytest_errorbudget.plugin.worker import FOLDER, register_worker

        register_worker(config, Path(workerinput[FOLDER]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "tenant" in metafunc.fixturenames:
        parametrize_tenant(metafunc)
