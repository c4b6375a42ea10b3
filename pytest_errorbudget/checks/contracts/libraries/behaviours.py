"""The behaviour of each library."""

from __future__ import annotations

from typing import assert_never

from pytest_errorbudget.checks.contracts.libraries.behaviour import Behaviour
from pytest_errorbudget.checks.contracts.libraries.diesel import DIESEL
from pytest_errorbudget.checks.contracts.libraries.sea_orm import SEA_ORM
from pytest_errorbudget.checks.contracts.libraries.sqlx_user_types import SQLX
from pytest_errorbudget.checks.contracts.libraries.tokio_postgres import TOKIO_POSTGRES
from pytest_errorbudget.model.rust_queries import Library


def behaviour_of(library: Library) -> Behaviour:
    match library:
        case Library.SQLX:
            return SQLX
        case Library.DIESEL:
            return DIESEL
        case Library.SEA_ORM:
            return SEA_ORM
        case Library.TOKIO_POSTGRES:
            return TOKIO_POSTGRES
        case _ as never:
            assert_never(never)
