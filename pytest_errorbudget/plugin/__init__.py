"""The pytest plugin: hooks and fixtures by name, nothing else."""

from pytest_errorbudget.plugin.fixtures import errorbudget, errorbudget_run, tenant
from pytest_errorbudget.plugin.hooks import (
    pytest_addoption,
    pytest_cmdline_main,
    pytest_configure,
    pytest_generate_tests,
)

__all__ = [
    "errorbudget",
    "errorbudget_run",
    "pytest_addoption",
    "pytest_cmdline_main",
    "pytest_configure",
    "pytest_generate_tests",
    "tenant",
]
