"""Drift of indexes, constraints, generated columns, views, triggers and row-level security: each message in full."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_errorbudget.checks.drift import design_findings, drift_findings
from pytest_errorbudget.model.finding import Finding
from pytest_errorbudget.model.formats.schema_digest import schema_digest
from pytest_errorbudget.model.migration import RealReplay, ReplayedVersion
from pytest_errorbudget.model.pgtype import PgType
from pytest_errorbudget.model.problem import Unchecked
from pytest_errorbudget.model.schema import (
    Column,
    Constraint,
    ConstraintKind,
    Domain,
    Firing,
    Generated,
    Identity,
    Index,
    Policy,
    PolicyCommand,
    Reference,
    Relation,
    RelationKind,
    RowSecurity,
    Schema,
    Trigger,
)
from pytest_errorbudget.model.settings import Database, MigrationSettings
from pytest_errorbudget.model.snapshot import Applied, SequenceState, Shape, Snapshot, TenantState
from pytest_errorbudget.model.source import Span
from pytest_errorbudget.model.tenant import InSchema, Tenant

_INT, _BIGINT, _TEXT = PgType("int4"), PgType("int8"), PgType("text")


def _at(line: int, column: int = 1) -> Span:
    return Span("migrations/1_init.sql", line, column)


_ID = Column(name="id", type=_BIGINT, not_null=True, identity=Identity.ALWAYS, origin=_at(2))
_NET = Column(name="net", type=_INT, origin=_at(3))
_TAX = Column(name="tax", type=_INT, generated=Generated.STORED, generation="(net / 5)", origin=_at(4))
_OWNER = Column(name="owner", type=_TEXT, not_null=True, origin=_at(5))
_KEY = Constraint(name="orders_pkey", kind=ConstraintKind.PRIMARY_KEY, columns=("id",), origin=_at(2))
_LINK = Constraint(
    name="orders_owner_fkey",
    kind=ConstraintKind.FOREIGN_KEY,
    columns=("owner",),
    references=Reference("public", "people", ("name",)),
    origin=_at(5),
)
_CHECK = Constraint(name="positive", kind=ConstraintKind.CHECK, columns=("net",), expression="(net > 0)", origin=_at(6))
_BY_ID = Index(name="orders_pkey", columns=("id",), unique=True, primary=True, origin=_at(2))
_BY_OWNER = Index(name="by_owner", columns=("owner",), origin=_at(8))
_OPEN = Index(
    name="open",
    columns=("net", "lower(owner)"),
    partial=True,
    predicate="(net > 0)",
    options=("desc", ""),
    origin=_at(9),
)
_STAMP = Trigger(
    name="stamp",
    function="touch",
    definition="before update for each row execute function touch()",
    origin=_at(10),
)
_OWN = Policy(name="own", using="(owner = CURRENT_USER)", origin=_at(11))
_ORDERS = Relation(
    schema="public",
    name="orders",
    kind=RelationKind.TABLE,
    columns=(_ID, _NET, _TAX, _OWNER),
    indexes=(_BY_OWNER, _OPEN, _BY_ID),
    constraints=(_LINK, _KEY, _CHECK),
    triggers=(_STAMP,),
    policies=(_OWN,),
    row_security=RowSecurity(enabled=True, origin=_at(12)),
    origin=_at(1, 14),
)
_TOTALS = Relation(
    schema="public",
    name="totals",
    kind=RelationKind.VIEW,
    columns=(Column(name="net", type=_BIGINT, origin=_at(14)),),
    query="0123456789abcdef",
    origin=_at(13, 13),
)
_EMAIL = Domain(schema="public", name="email", base=_TEXT, checks=("(VALUE ~ '@'::text)",), origin=_at(15))
_MADE = Schema(relations=(_ORDERS, _TOTALS), domains=(_EMAIL,))
_REPLAY = RealReplay(server_version=180006, versions=(ReplayedVersion(version="1", schema=_MADE),))
_DATABASE = Database(
    name="core",
    url="env:CORE",
    migrations=MigrationSettings(path="migrations"),
    services=(),
    tenants=(Tenant("acme", "core", None, InSchema("acme")), Tenant("globex", "core", None, InSchema("globex_prod"))),
    span=Span("errorbudget.toml", 1),
)


def _orders(**changes: Any) -> Schema:
    return replace(_MADE, relations=(replace(_ORDERS, **changes), _TOTALS))


def _text(finding: Finding) -> str:
    """A finding as one reads it."""
    head = f"{finding.severity.value}[{finding.rule.id}] {finding.place}: {finding.message}"
    labels = [f"{label.span}: {label.text}" for label in finding.labels]
    return "\n".join((head, *labels, finding.consequence, finding.help))


def _compared(
    actual: Schema, server_version: int = 180006, replay: RealReplay = _REPLAY
) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
    digest = schema_digest(actual)
    snapshot = Snapshot(
        database="core",
        server_version=server_version,
        tenants=(TenantState(tenant="acme", version=Applied("1"), shape=digest),),
        shapes=(Shape(digest=digest, schema=actual),),
    )
    return drift_findings(_DATABASE, replay, snapshot, "errorbudget.toml")


def _drift(actual: Schema) -> str:
    findings, unchecked = _compared(actual)
    assert unchecked == ()
    return "\n".join(_text(finding) for finding in findings)


_CASES: dict[str, tuple[Schema, str]] = {
    "column-generated, no identity": (
        _orders(columns=(replace(_ID, identity=None), _NET, _TAX, _OWNER)),
        """\
warning[column-generated] orders.id: `orders.id` has no value of its own in tenant acme; in migration 1 it is \
generated always as identity
migrations/1_init.sql:2:1: here `id` is generated always as identity
An INSERT that leaves the column out fails with 23502 (not null violation).
alter table orders alter column id add generated always as identity;""",
    ),
    "column-generated, other identity": (
        _orders(columns=(replace(_ID, identity=Identity.BY_DEFAULT), _NET, _TAX, _OWNER)),
        """\
warning[column-generated] orders.id: `orders.id` is generated by default as identity in tenant acme; in migration 1 \
it is generated always as identity
migrations/1_init.sql:2:1: here `id` is generated always as identity
An INSERT that gives the column a value is accepted here, and a later one collides with it.
alter table orders alter column id set generated always;""",
    ),
    "column-generated, expression": (
        _orders(columns=(_ID, _NET, replace(_TAX, generation="(net / 4)"), _OWNER)),
        """\
warning[column-generated] orders.tax: `orders.tax` is generated as `(net / 4)` (stored) in tenant acme; in migration \
1 it is generated as `(net / 5)` (stored)
migrations/1_init.sql:4:1: here `tax` is generated as `(net / 5)` (stored)
An INSERT or UPDATE leaves another value in the column for these tenants.
Make the column again as the migration does; a generated column cannot be altered.""",
    ),
    "column-generated, unexpected": (
        _orders(columns=(_ID, replace(_NET, generated=Generated.STORED), _TAX, _OWNER)),
        """\
warning[column-generated] orders.net: `orders.net` is generated (stored) in tenant acme; in migration 1 it has no \
value of its own
migrations/1_init.sql:3:1: here `net` has no value of its own
An INSERT that gives the column a value fails with 428C9 (generated always).
Make the column again as the migration does; a generated column cannot be altered.""",
    ),
    "column-missing and column-unexpected, renamed": (
        _orders(
            columns=(_ID, _NET, _TAX, replace(_OWNER, name="holder")),
            indexes=(_OPEN, _BY_ID),
            constraints=(_KEY, _CHECK),
        ),
        """\
error[column-missing] orders.owner: tenant acme has no column `orders.owner`, which migration 1 has as `text`; \
perhaps renamed to `holder`
migrations/1_init.sql:5:1: `owner` is made here
Every query that names `owner` fails with 42703 (undefined column); a row struct that reads it behind `select *` \
fails with ColumnNotFound.
Where it was renamed: alter table orders rename column holder to owner; else: alter table orders add column owner \
text not null;
warning[column-unexpected] orders.holder: tenant acme has a column `orders.holder` (`text`) that migration 1 does not \
have; perhaps `owner` under another name
migrations/1_init.sql:1:14: `orders` is made here, without `holder`
It is NOT NULL without a default: every INSERT that does not know it fails with 23502.
Write a migration that renames it for all, or undo it: alter table orders rename column holder to owner;
warning[constraint-missing] orders.orders_owner_fkey: tenant acme has no foreign key `orders_owner_fkey` on `orders` \
(owner) to `people` (name), which migration 1 has
migrations/1_init.sql:5:1: `orders_owner_fkey` is made here
Rows may point at nothing: a join loses them without an error.
alter table orders add constraint orders_owner_fkey foreign key (owner) references people (name);
warning[index-missing] orders.by_owner: tenant acme has no index `by_owner` on `orders` (owner), which migration 1 has
migrations/1_init.sql:8:1: `by_owner` is made here
Queries that search `orders` by these columns read the whole table.
create index concurrently by_owner on orders using btree (owner);""",
    ),
    "column-type, rules of a domain": (
        replace(_MADE, domains=(replace(_EMAIL, checks=(), default="'x'::text"),)),
        """\
error[column-type] email: the domain `email` is `text default 'x'::text` in tenant acme, and `text check (VALUE ~ \
'@'::text)` in migration 1
migrations/1_init.sql:15:1: the domain `email` is made here
Columns of this domain hold other values than the migrations allow.
Make the domain as the migrations do.""",
    ),
    "index-invalid": (
        _orders(indexes=(replace(_BY_OWNER, valid=False), _OPEN, _BY_ID)),
        """\
warning[index-invalid] orders.by_owner: the index `by_owner` on `orders` (owner) is invalid in tenant acme: its \
making was broken off
migrations/1_init.sql:8:1: `by_owner` is made here
No query uses it: those that search `orders` by these columns read the whole table, and writes still pay for it.
reindex index concurrently by_owner;""",
    ),
    "index-invalid, unexpected": (
        _orders(indexes=(_BY_OWNER, replace(_BY_OWNER, name="by_owner_ccnew", valid=False), _OPEN, _BY_ID)),
        """\
warning[index-invalid] orders.by_owner_ccnew: tenant acme has an invalid index `by_owner_ccnew` on `orders` (owner) \
that migration 1 does not have
migrations/1_init.sql:1:14: `orders` is made here
No query uses it, and every write pays for it.
Remove it: drop index concurrently by_owner_ccnew;""",
    ),
    "index-duplicate": (
        _orders(indexes=(_BY_OWNER, replace(_BY_OWNER, name="owners"), _OPEN, _BY_ID)),
        """\
warning[index-duplicate] orders.owners: tenant acme has the index `owners` on `orders` (owner), which does what \
`by_owner` does; migration 1 has only one of them
migrations/1_init.sql:1:14: `orders` is made here
Every write pays for both of them, and no query gains by the second.
drop index concurrently owners;""",
    ),
    "index-missing, predicate": (
        _orders(indexes=(_BY_OWNER, replace(_OPEN, predicate="(net > 1)"), _BY_ID)),
        """\
warning[index-missing] orders.open: tenant acme has no index `open` on `orders` (net desc, lower(owner)) where (net > \
0), which migration 1 has
migrations/1_init.sql:9:1: `open` is made here
Queries that search `orders` by these columns read the whole table.
Make it as the migration does.
information[index-unexpected] orders.open: tenant acme has an index `open` on `orders` (net desc, lower(owner)) where \
(net > 1) that migration 1 does not have
migrations/1_init.sql:1:14: `orders` is made here
Writes pay for it, and query times differ from those of other tenants.
Write a migration that makes it, or remove it: drop index concurrently open;""",
    ),
    "foreign-key-unindexed": (
        _orders(
            constraints=(
                _LINK,
                _KEY,
                Constraint(
                    name="more",
                    kind=ConstraintKind.FOREIGN_KEY,
                    columns=("net",),
                    references=Reference("public", "sums", ("id",)),
                ),
                _CHECK,
            )
        ),
        """\
warning[constraint-unexpected] orders.more: tenant acme has a foreign key `more` on `orders` (net) to `sums` (id) \
that migration 1 does not have
migrations/1_init.sql:1:14: `orders` is made here
Rows that other tenants accept are refused here (SQLSTATE class 23).
Write a migration that adds it, or remove it: alter table orders drop constraint more;
information[foreign-key-unindexed] orders.more: in tenant acme no index leads with the columns of the foreign key \
`more` on `orders` (net), which migration 1 does not have
migrations/1_init.sql:1:14: `orders` is made here
Each DELETE from `sums`, and each UPDATE of the columns that it points at, reads the whole of `orders`.
create index concurrently on orders (net);""",
    ),
    "constraint-unvalidated": (
        _orders(constraints=(replace(_LINK, validated=False), _KEY, _CHECK)),
        """\
warning[constraint-unvalidated] orders.orders_owner_fkey: the foreign key `orders_owner_fkey` on `orders` (owner) to \
`people` (name) is NOT VALID in tenant acme: older rows may break it
migrations/1_init.sql:5:1: `orders_owner_fkey` is made here
New rows are checked, older ones are not: what the service takes to be impossible may be stored.
alter table orders validate constraint orders_owner_fkey;""",
    ),
    "constraint-expression": (
        _orders(constraints=(_LINK, _KEY, replace(_CHECK, expression="(net >= 0)"))),
        """\
warning[constraint-expression] orders.positive: the check `positive` on `orders` tests `(net >= 0)` in tenant acme, \
and `(net > 0)` in migration 1
migrations/1_init.sql:6:1: `positive` is made here
Rows that the service takes to be possible are refused with 23514, or impossible ones are stored.
Drop the check and add it as the migration does.""",
    ),
    "view-query": (
        replace(_MADE, relations=(_ORDERS, replace(_TOTALS, query="fedcba9876543210"))),
        """\
warning[view-query] totals: the view `totals` has the columns of migration 1 in tenant acme, and another query
migrations/1_init.sql:13:13: the view `totals` is made here
Queries of it succeed and return other rows, or other values, for these tenants.
Make the view again as the migration does.""",
    ),
    "trigger-missing": (
        _orders(triggers=()),
        """\
warning[trigger-missing] orders.stamp: tenant acme has no trigger `stamp` on `orders`, which migration 1 has
migrations/1_init.sql:10:1: `stamp` is made here
Rows of `orders` are written without what `touch` does for others.
Make it as the migration does.""",
    ),
    "trigger-missing, disabled": (
        _orders(triggers=(replace(_STAMP, firing=Firing.DISABLED),)),
        """\
warning[trigger-missing] orders.stamp: the trigger `stamp` on `orders` is disabled in tenant acme, and enabled in \
migration 1
migrations/1_init.sql:10:1: `stamp` is made here
Rows of `orders` are written without what `touch` does for others.
alter table orders enable trigger stamp;""",
    ),
    "trigger-missing, another": (
        _orders(triggers=(replace(_STAMP, definition="after update for each row execute function touch()"),)),
        """\
warning[trigger-missing] orders.stamp: the trigger `stamp` on `orders` is `after update for each row execute function \
touch()` in tenant acme, and `before update for each row execute function touch()` in migration 1
migrations/1_init.sql:10:1: `stamp` is made here
Rows of `orders` are written without what `touch` does for others.
Drop it and make it as the migration does.""",
    ),
    "trigger-unexpected": (
        _orders(triggers=(_STAMP, Trigger(name="audit", function="write_audit", definition="after insert"))),
        """\
warning[trigger-unexpected] orders.audit: tenant acme has a trigger `audit` on `orders` that migration 1 does not have
migrations/1_init.sql:1:14: `orders` is made here
Writes to `orders` also do what `write_audit` does, for these tenants only.
Write a migration that makes it, or remove it: drop trigger audit on orders;""",
    ),
    "trigger-unexpected, disabled": (
        _orders(triggers=(_STAMP, Trigger(name="audit", function="write_audit", firing=Firing.DISABLED))),
        """\
warning[trigger-unexpected] orders.audit: tenant acme has a trigger `audit` on `orders` (disabled) that migration 1 \
does not have
migrations/1_init.sql:1:14: `orders` is made here
Nothing fires it until somebody enables it.
Write a migration that makes it, or remove it: drop trigger audit on orders;""",
    ),
    "policy-missing": (
        _orders(policies=()),
        """\
error[policy-missing] orders.own: tenant acme has no policy `own` on `orders`, which migration 1 has
migrations/1_init.sql:11:1: `own` is made here
Rows that it lets through are hidden, and writing them fails with 42501, where row-level security is enabled.
Make it as the migration does.""",
    ),
    "policy-missing, another": (
        _orders(policies=(replace(_OWN, command=PolicyCommand.SELECT, check="true"),)),
        """\
error[policy-missing] orders.own: the policy `own` on `orders` is permissive for select using `(owner = \
CURRENT_USER)` with check `true` in tenant acme, and permissive for all using `(owner = CURRENT_USER)` in migration 1
migrations/1_init.sql:11:1: `own` is made here
Rows that it lets through are hidden, and writing them fails with 42501, where row-level security is enabled.
Drop it and make it as the migration does.""",
    ),
    "policy-unexpected": (
        _orders(policies=(_OWN, Policy(name="staff", using="true"))),
        """\
warning[policy-unexpected] orders.staff: tenant acme has a policy `staff` on `orders` (permissive for all using \
`true`) that migration 1 does not have
migrations/1_init.sql:1:14: `orders` is made here
It lets rows through that other tenants' policies hide, where row-level security is enabled.
Write a migration that makes it, or remove it: drop policy staff on orders;""",
    ),
    "policy-unexpected, restrictive": (
        _orders(policies=(_OWN, Policy(name="staff", permissive=False, using="false"))),
        """\
warning[policy-unexpected] orders.staff: tenant acme has a policy `staff` on `orders` (restrictive for all using \
`false`) that migration 1 does not have
migrations/1_init.sql:1:14: `orders` is made here
It hides rows that other tenants' policies let through, where row-level security is enabled.
Write a migration that makes it, or remove it: drop policy staff on orders;""",
    ),
    "row-security, disabled": (
        _orders(row_security=RowSecurity()),
        """\
error[row-security] orders: row-level security of `orders` is disabled in tenant acme, and enabled (not for the \
owner) in migration 1
migrations/1_init.sql:12:1: it is enabled (not for the owner) since here
Policies hide nothing: every role with a right on the table sees and changes all of its rows.
alter table orders enable row level security;""",
    ),
    "row-security, forced": (
        _orders(row_security=RowSecurity(enabled=True, forced=True)),
        """\
error[row-security] orders: row-level security of `orders` is enabled (for the owner too) in tenant acme, and enabled \
(not for the owner) in migration 1
migrations/1_init.sql:12:1: it is enabled (not for the owner) since here
The policies hold for the table's owner too: a service that connects as the owner loses rows.
alter table orders no force row level security;""",
    ),
    "cross-tenant-reference, foreign key": (
        _orders(constraints=(replace(_LINK, references=Reference("globex_prod", "people", ("name",))), _KEY, _CHECK)),
        """\
error[cross-tenant-reference] orders.orders_owner_fkey: the foreign key `orders_owner_fkey` on `orders` (owner) to \
`globex_prod.people` (name) of tenant acme points into the schema of tenant globex
migrations/1_init.sql:5:1: in the migrations it points at the tenant's own table
Rows are checked against those of globex: valid ones fail with 23503, and deleting globex's rows fails, or deletes \
rows of another tenant.
alter table orders drop constraint orders_owner_fkey; then add it as the migration does, with the tenant's schema \
first in search_path.""",
    ),
    "cross-tenant-reference, type": (
        _orders(columns=(_ID, replace(_NET, type=PgType("mood", "globex_prod")), _TAX, _OWNER)),
        """\
error[cross-tenant-reference] orders.net: `orders.net` of tenant acme is of the type `globex_prod.mood`, which \
belongs to tenant globex
migrations/1_init.sql:3:1: in the migrations it is of the tenant's own type
A change of the type for globex changes this column too, and dropping globex's schema with CASCADE drops it.
Give the column the tenant's own type: alter table orders alter column net type mood using net::text::mood;""",
    ),
}


@pytest.mark.parametrize("case", _CASES)
def test_each_rule_says_what_where_and_what_to_do(case: str) -> None:
    actual, text = _CASES[case]
    assert _drift(actual) == text


@pytest.mark.parametrize(
    "actual",
    [
        _MADE,
        _orders(constraints=(_LINK, _KEY, replace(_CHECK, name="other"))),
        _orders(constraints=(_LINK, _KEY, replace(_CHECK, expression=None))),
        _orders(triggers=(replace(_STAMP, name="other"),)),
        _orders(triggers=(replace(_STAMP, definition=None),)),
        _orders(indexes=(_BY_OWNER, replace(_OPEN, predicate=None), _BY_ID)),
        replace(_MADE, relations=(_ORDERS, replace(_TOTALS, query=None))),
    ],
    ids=[
        "equal",
        "check by another name",
        "check that is not known",
        "trigger by another name",
        "trigger that is not known",
        "predicate that is not known",
        "query that is not known",
    ],
)
def test_what_makes_no_difference_is_no_drift(actual: Schema) -> None:
    assert _drift(actual) == ""


def test_a_view_is_another_only_where_its_columns_are_the_same() -> None:
    wide = replace(_TOTALS, columns=(replace(_TOTALS.columns[0], type=_TEXT),), query="another")
    findings, _ = _compared(replace(_MADE, relations=(_ORDERS, wide)))
    assert [finding.rule.id for finding in findings] == ["column-type"]


def test_two_columns_that_fit_are_not_taken_for_a_renamed_one() -> None:
    titles = (Column(name="title", type=_TEXT, not_null=True), Column(name="heading", type=_TEXT, not_null=True))
    findings, _ = _compared(_orders(columns=(_ID, _NET, _TAX, *titles)))
    assert not any("perhaps" in finding.message for finding in findings)


def test_between_majors_only_what_has_a_form_in_sql_is_compared() -> None:
    tree = replace(_CHECK, expression="JSONEXPR(op 1)")
    made = replace(_MADE, relations=(replace(_ORDERS, constraints=(_LINK, _KEY, tree)), _TOTALS))
    replay = replace(_REPLAY, versions=(ReplayedVersion(version="1", schema=made),))
    other = _orders(
        constraints=(_LINK, _KEY, replace(tree, expression="JSONEXPR(op 1, more 0)")),
        indexes=(_BY_OWNER, replace(_OPEN, predicate="(net > 1)"), _BY_ID),
    )
    actual = replace(other, relations=(other.relations[0], replace(_TOTALS, query="another")))
    findings, unchecked = _compared(actual, 150018, replay)
    assert [finding.rule.id for finding in findings] == ["index-missing", "index-unexpected"]
    assert unchecked == (
        Unchecked(
            "expressions",
            "tenant acme",
            "2 expressions and queries were not compared: the replay is of PostgreSQL 18, the tenants are of 15",
        ),
    )


def _design(relation: Relation) -> list[str]:
    return [_text(finding) for finding in design_findings(Schema(relations=(relation,)))]


def test_indexes_of_the_migrations_that_do_the_same() -> None:
    again = replace(_BY_ID, name="orders_id_key", primary=False, origin=_at(20))
    twice = replace(_BY_OWNER, name="owners", origin=_at(21))
    longer = replace(_BY_OWNER, name="longer", columns=("owner", "net"), origin=_at(22))
    found = _design(replace(_ORDERS, indexes=(*_ORDERS.indexes, again, longer, twice)))
    assert found == [
        """\
warning[index-duplicate] orders.orders_id_key: the migrations make the unique index `orders_id_key` on `orders` (id), \
which does what `orders_pkey` does
migrations/1_init.sql:20:1: `orders_id_key` is made here
migrations/1_init.sql:2:1: `orders_pkey` is made here
Every write pays for both of them, and no query gains by the second.
Write a migration that removes it: drop index orders_id_key;""",
        """\
warning[index-duplicate] orders.owners: the migrations make the index `owners` on `orders` (owner), which does what \
`by_owner` does
migrations/1_init.sql:21:1: `owners` is made here
migrations/1_init.sql:8:1: `by_owner` is made here
Every write pays for both of them, and no query gains by the second.
Write a migration that removes it: drop index owners;""",
    ]


def test_a_foreign_key_of_the_migrations_that_no_index_leads() -> None:
    (found,) = _design(replace(_ORDERS, indexes=(_BY_ID,)))
    assert (
        found
        == """\
information[foreign-key-unindexed] orders.orders_owner_fkey: no index leads with the columns of the foreign key \
`orders_owner_fkey` on `orders` (owner)
migrations/1_init.sql:5:1: `orders_owner_fkey` is made here
Each DELETE from `people`, and each UPDATE of the columns that it points at, reads the whole of `orders`.
create index concurrently on orders (owner);"""
    )


@pytest.mark.parametrize(
    ("index", "serves"),
    [
        (_BY_OWNER, True),
        (replace(_BY_OWNER, columns=("owner", "net")), True),
        (replace(_BY_OWNER, columns=("net", "owner")), False),
        (replace(_BY_OWNER, method="hash"), True),
        (replace(_BY_OWNER, method="gin"), False),
        (replace(_BY_OWNER, valid=False), False),
        (replace(_BY_OWNER, partial=True, predicate="(owner IS NOT NULL)"), True),
        (replace(_BY_OWNER, partial=True, predicate="(net > 0)"), False),
    ],
)
def test_which_index_serves_a_foreign_key(index: Index, serves: bool) -> None:
    assert (_design(replace(_ORDERS, indexes=(_BY_ID, index))) == []) is serves


def test_partitions_repeat_what_their_table_has() -> None:
    assert _design(replace(_ORDERS, kind=RelationKind.PARTITION, indexes=(_BY_ID,))) == []


def _with_sequences(*tenants: tuple[str, tuple[SequenceState, ...]]) -> Snapshot:
    digest = schema_digest(_MADE)
    return Snapshot(
        database="core",
        server_version=180006,
        tenants=tuple(
            TenantState(tenant=name, version=Applied("1"), shape=digest, sequences=sequences)
            for name, sequences in tenants
        ),
        shapes=(Shape(digest=digest, schema=_MADE),),
    )


_COUNTER = SequenceState(name="orders_net_seq", table="orders", column="net", end=1000, last=800, step=3)


def test_sequences_that_near_their_end() -> None:
    lone = SequenceState(name="tickets", end=10, last=10)
    early = SequenceState(name="early", end=1000, last=799)
    snapshot = _with_sequences(("acme", (_COUNTER, lone, early)), ("globex", (_COUNTER,)))
    findings, unchecked = drift_findings(_DATABASE, _REPLAY, snapshot, "errorbudget.toml")
    assert unchecked == ()
    assert [_text(finding) for finding in findings] == [
        "warning[sequence-near-end] orders_net_seq: the sequence `orders_net_seq` of `orders.net` is at 800 of 1,000 "
        "in tenants acme and globex: 66 values are left\n"
        "migrations/1_init.sql:3:1: `net` is `integer` since here\n"
        "Behind the last value every INSERT that takes one fails: with 2200H where the sequence ends, with 22003 where "
        "the column does.\n"
        "Write a migration: alter table orders alter column net type bigint; alter sequence orders_net_seq as bigint "
        "no maxvalue;",
        "warning[sequence-near-end] tickets: the sequence `tickets` is at 10 of 10 in tenant acme: 0 values are left\n"
        "Behind the last value every INSERT that takes one fails: with 2200H where the sequence ends, with 22003 where "
        "the column does.\n"
        "Write a migration: alter sequence tickets as bigint no maxvalue;",
    ]


def test_sequences_that_cannot_be_read_are_counted() -> None:
    closed = SequenceState(name="orders_net_seq", end=1000, unread="this role may not read it")
    snapshot = _with_sequences(("acme", (closed,)), ("globex", (closed,)))
    findings, unchecked = drift_findings(_DATABASE, _REPLAY, snapshot, "errorbudget.toml")
    assert findings == ()
    assert unchecked == (
        Unchecked("sequence", "orders_net_seq", "this role may not read it (tenants acme and globex)"),
    )
