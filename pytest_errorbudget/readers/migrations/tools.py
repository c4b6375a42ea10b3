"""All kinds of migrations, by kind."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_errorbudget.model.migration import MigrationKind
from pytest_errorbudget.readers.migrations.dbmate import DBMATE
from pytest_errorbudget.readers.migrations.diesel import DIESEL
from pytest_errorbudget.readers.migrations.flyway import FLYWAY
from pytest_errorbudget.readers.migrations.golang import GOLANG_MIGRATE
from pytest_errorbudget.readers.migrations.goose import GOOSE
from pytest_errorbudget.readers.migrations.numbered import NUMBERED
from pytest_errorbudget.readers.migrations.refinery import REFINERY
from pytest_errorbudget.readers.migrations.sea_orm import SEA_ORM
from pytest_errorbudget.readers.migrations.sqlx import SQLX
from pytest_errorbudget.readers.migrations.tool import Tool

TOOLS: Mapping[MigrationKind, Tool] = {
    tool.kind: tool for tool in (SQLX, DIESEL, REFINERY, GOLANG_MIGRATE, FLYWAY, GOOSE, DBMATE, SEA_ORM, NUMBERED)
}
