"""A file of the team's own SLI queries is an item."""

from __future__ import annotations

from shop import SETTINGS, Shop

REPRODUCIBLE = "select count(distinct id) from orders where total_cents > $1;\n"
FAILING = """\
select count(distinct id) from orders where placed_at >= $1;
select count(*) from orders where note > now()::text;
"""


def with_queries(shop: Shop, text: str) -> Shop:
    shop.write("errorbudget.toml", f'sli-queries = ["sli/*.sql"]\n{SETTINGS}')
    shop.write("sli/orders.sql", text)
    return shop


def test_a_query_that_every_tenant_answers_alike_passes(running_shop: Shop) -> None:
    result = with_queries(running_shop, REPRODUCIBLE).run("-v", "sli/orders.sql")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["sli/orders.sql::sli PASSED*"])


def test_a_query_that_a_tenant_refuses_fails_and_one_that_reads_a_clock_warns(running_shop: Shop) -> None:
    result = with_queries(running_shop, FAILING).run("-k", "sli")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "error[[]sli-columns]: PostgreSQL refuses the query for 3 tenants: acme-prod, globex, initech: "
            'column "placed_at" does not exist',
            " --> sli/orders.sql:1:45",
        ]
    )
    result.stdout.fnmatch_lines(["*warning[[]sli-clock]*the query reads the clock: `now()`*"])
