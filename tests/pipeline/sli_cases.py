"""SLI queries as teams have them, and what is wrong with each, by what it means."""

from __future__ import annotations

from dataclasses import dataclass

MIGRATION = """\
create table request_events (
    tenant_id text not null,
    event_id uuid not null,
    occurred_at timestamptz not null,
    service text not null,
    route text not null,
    status int not null,
    latency_ms double precision not null,
    bytes bigint not null,
    charged numeric,
    ok boolean not null,
    attributes jsonb,
    started_at timestamptz,
    shard text not null
) partition by list (tenant_id);
create table request_events_a partition of request_events for values in ('a');
create table request_events_b partition of request_events for values in ('b');
create table request_events_c partition of request_events for values in ('c', 'd');

-- Kept by month; partitions are made while the service runs.
create table spans (
    tenant_id text not null,
    event_id uuid not null,
    occurred_at timestamptz not null,
    status int not null,
    latency_ms bigint not null,
    shard text not null
) partition by range (occurred_at);

create table logs (
    tenant_id text not null,
    event_id uuid not null,
    "timestamp" timestamptz not null,
    error_code int,
    shard text not null
) partition by list (tenant_id);
create table logs_a partition of logs for values in ('a');
create table logs_b partition of logs for values in ('b');
create index on logs (tenant_id, "timestamp");

create table probes (id bigint primary key, checked_at timestamp not null, up boolean not null, ms int not null);
create table slots (tenant_id text, slot timestamptz, good bigint not null, total bigint not null, errors int not null);
create table tenants (tenant_id text primary key, name text not null, plan text not null);
create view good_events as select tenant_id, event_id, occurred_at, shard from request_events where status < 500;
"""

RANGE = "tenant_id = $1 and occurred_at >= $2 and occurred_at < $3"


@dataclass(frozen=True, slots=True)
class Case:
    """``said`` are the tags of the findings (see the test); ``unproposed`` where no query is known that says the same
    and no finding needs one."""

    name: str
    sql: str
    said: frozenset[str]
    unproposed: bool = False


def case(name: str, sql: str, *said: str, unproposed: bool = False) -> Case:
    return Case(name, sql, frozenset(said), unproposed)


CASES = (
    # --- nothing to say -----------------------------------------------------------------------------------------
    case(
        "windows of distinct events",
        "select date_bin('5 minutes', occurred_at, timestamptz '1970-01-01 00:00:00Z') as w, count(distinct event_id), "
        f"count(distinct event_id) filter (where status < 500) from request_events where {RANGE} group by w order by w",
    ),
    case(
        "a ratio that is numeric",
        "select count(distinct event_id) filter (where status >= 500)::numeric / nullif(count(distinct event_id), 0) "
        f"from request_events where {RANGE}",
    ),
    case(
        "a ratio in percent with a point",
        "select round(count(distinct event_id) filter (where ok) * 100.0 / nullif(count(distinct event_id), 0), 2) "
        f"from request_events where {RANGE}",
    ),
    case(
        "copies left out by DISTINCT ON",
        "with once as (select distinct on (event_id) event_id, status from request_events "
        f"where {RANGE} order by event_id, occurred_at) "
        "select count(*) filter (where status < 500) as good, count(*) as total from once",
    ),
    case(
        "copies left out by ROW_NUMBER",
        "with numbered as (select event_id, status, row_number() over (partition by event_id order by occurred_at) "
        f"as rn from request_events where {RANGE}) "
        "select count(*) as total, sum(case when status >= 500 then 1 else 0 end) as bad from numbered where rn = 1",
    ),
    case(
        "a percentile",
        f"select percentile_cont(0.99) within group (order by latency_ms) from request_events where {RANGE}",
    ),
    case(
        "days of UTC",
        "select date_trunc('day', occurred_at, 'UTC') as day, count(distinct event_id) from request_events "
        f"where {RANGE} group by 1",
    ),
    case(
        "days of UTC by AT TIME ZONE",
        "select (occurred_at at time zone 'UTC')::date, count(distinct event_id) from request_events "
        f"where {RANGE} group by 1",
    ),
    case(
        "minutes, which are the same everywhere",
        "select date_trunc('minute', occurred_at) m, count(distinct event_id) from request_events "
        f"where {RANGE} group by m",
    ),
    case(
        "counts of a table of counts",
        "select tenant_id, sum(good)::numeric / nullif(sum(total), 0) from slots "
        "where slot >= $1 and slot < $2 group by tenant_id",
    ),
    case("sums of bigint are numeric", "select sum(good) / nullif(sum(total), 0) from slots where tenant_id = $1"),
    case("a table without copies", "select count(*) filter (where up), count(*) from probes where id > $1"),
    case(
        "a latency that is no window",
        "select count(distinct event_id) filter (where occurred_at - started_at <= interval '7 seconds') "
        f"from request_events where {RANGE}",
    ),
    case(
        "a month, whose length is the calendar's",
        "select count(distinct event_id) from request_events where tenant_id = $1 "
        "and occurred_at >= $2::timestamptz - interval '1 month' and occurred_at < $2",
    ),
    case(
        "a limit with a type",
        f"select route, count(distinct event_id) from request_events where {RANGE} "
        "group by route having count(distinct event_id) > $4::bigint",
    ),
    case(
        "a key of jsonb",
        f"select count(distinct event_id) from request_events where {RANGE} and attributes ? 'retry'",
    ),
    case(
        "a star that is no answer",
        "select count(distinct event_id) from request_events e where tenant_id = $1 and occurred_at >= $2 "
        "and occurred_at < $3 and exists (select * from tenants t where t.tenant_id = e.tenant_id and t.plan = 'gold')",
    ),
    case(
        "a star over named columns",
        "with w as (select tenant_id, count(distinct event_id) as n from request_events "
        f"where {RANGE} group by tenant_id) select * from w",
    ),
    case(
        "one tenant by a subquery",
        "select count(distinct event_id) from request_events where tenant_id = "
        "(select tenant_id from tenants where name = $1) and occurred_at >= $2 and occurred_at < $3",
    ),
    case(
        "Grafana, one tenant, fixed width",
        "SELECT $__timeGroupAlias(occurred_at, '5m'), count(distinct event_id) AS requests FROM request_events "
        "WHERE $__timeFilter(occurred_at) AND tenant_id = '$tenant' GROUP BY 1 ORDER BY 1",
    ),
    case(
        "Grafana, several tenants",
        "SELECT tenant_id, count(distinct event_id) FILTER (WHERE status >= 500)::float / "
        "nullif(count(distinct event_id), 0) FROM request_events WHERE $__timeFilter(occurred_at) "
        "AND tenant_id IN (${tenant:sqlstring}) GROUP BY tenant_id",
    ),
    case(
        "a threshold that a dashboard puts in as a number",
        "SELECT route FROM request_events WHERE tenant_id = '$tenant' AND $__timeFilter(occurred_at) "
        "GROUP BY route HAVING count(distinct event_id) > $threshold",
    ),
    case(
        "named parameters",
        "select count(distinct event_id) from request_events where tenant_id = :tenant "
        "and occurred_at >= :start and occurred_at < :end",
    ),
    case(
        "the parameters of psycopg",
        "select count(distinct event_id) from request_events where tenant_id = %(tenant)s "
        "and occurred_at >= %(start)s and occurred_at < %(end)s",
    ),
    case(
        "psql's own lines",
        "\\set tenant '''a'''\n\\timing on\nselect count(distinct event_id) from request_events\n"
        "where tenant_id = :'tenant' and occurred_at >= :'start' and occurred_at < :'end';\n",
    ),
    case(
        "Metabase",
        "select count(distinct event_id) from request_events where occurred_at >= {{start}} and occurred_at < {{end}} "
        "[[and route = {{route}}]] and tenant_id = {{tenant}}",
    ),
    case(
        "windows by generate_series",
        "select w, count(distinct e.event_id) from generate_series($2::timestamptz, $3::timestamptz, "
        "interval '5 minutes') as w left join request_events e on e.tenant_id = $1 and e.occurred_at >= w "
        "and e.occurred_at < w + interval '5 minutes' group by w order by w",
    ),
    case(
        "a zone that the file says",
        "set time zone 'UTC';\nselect date_trunc('day', occurred_at), count(distinct event_id) from request_events "
        f"where {RANGE} group by 1",
    ),
    case(
        "partitions by time alone are left out by time",
        "select tenant_id, count(distinct event_id) from spans where occurred_at >= $1 and occurred_at < $2 "
        "group by tenant_id",
    ),
    case(
        "comments that look like more",
        "-- now() - interval '7 minutes'; count(*) of everything?\n"
        f"select count(distinct event_id) /* select * */ from request_events where {RANGE} and route <> 'now()'",
    ),
    # --- the page's own -----------------------------------------------------------------------------------------
    case(
        "the page",
        "SELECT tenant_id, COUNT(*) as errors\nFROM logs WHERE timestamp > NOW() - INTERVAL 5 MINUTE\n"
        "GROUP BY tenant_id HAVING COUNT(*) > ?;",
        "clock",
        "pruning",
        "rows",
        "untyped",
        "dialect",
    ),
    # --- clocks -------------------------------------------------------------------------------------------------
    case(
        "now",
        "select count(distinct event_id) from request_events where tenant_id = $1 "
        "and occurred_at > now() - interval '1 hour'",
        "clock",
    ),
    case(
        "the age of an event",
        "select count(distinct event_id) from request_events where tenant_id = $1 "
        "and now() - occurred_at < interval '30 minutes'",
        "clock",
    ),
    case(
        "today",
        "select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at::date = current_date",
        "clock",
        "zone",
    ),
    case(
        "a view of yesterday",
        "create materialized view yesterday as select tenant_id, count(distinct event_id) as n from request_events "
        "where occurred_at >= date_trunc('day', now() - interval '1 day') and occurred_at < date_trunc('day', now()) "
        "group by tenant_id",
        "clock",
        "pruning",
    ),
    case(
        "no end",
        "select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= $2",
        "endless",
    ),
    case(
        "hours of the day",
        f"select extract(hour from occurred_at), count(distinct event_id) from request_events where {RANGE} group by 1",
        "zone",
    ),
    case(
        "days as text",
        "select to_char(occurred_at, 'YYYY-MM-DD') as day, count(distinct event_id) from request_events "
        f"where {RANGE} group by day",
        "zone",
    ),
    # --- windows ------------------------------------------------------------------------------------------------
    case(
        "seven minutes",
        "select count(distinct event_id) from request_events where tenant_id = $1 "
        "and occurred_at >= $2::timestamptz - interval '7 minutes' and occurred_at < $2",
        "interval",
    ),
    case(
        "a stride of seven minutes",
        "select date_bin('7 minutes', occurred_at, timestamptz '1970-01-01 00:00:00Z') w, count(distinct event_id) "
        f"from request_events where {RANGE} group by w",
        "interval",
    ),
    case(
        "BETWEEN",
        "select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at between $2 and $3",
        "closed",
    ),
    case(
        "both ends included",
        "select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= $2 "
        "and occurred_at <= $3",
        "closed",
    ),
    case(
        "as wide as the panel",
        "SELECT $__timeGroup(occurred_at, $__interval) AS time, count(distinct event_id) FROM request_events "
        "WHERE $__timeFilter(occurred_at) AND tenant_id = '$tenant' GROUP BY 1",
        "zoom",
    ),
    # --- tenants and partitions ---------------------------------------------------------------------------------
    case(
        "all tenants in one number",
        "select count(distinct event_id) from request_events where occurred_at >= $1 and occurred_at < $2",
        "tenant",
        "pruning",
    ),
    case(
        "tenants by an alias",
        "select tenant_id as tenant, count(distinct event_id) from spans where occurred_at >= $1 and occurred_at < $2 "
        "group by tenant",
    ),
    case(
        "all tenants behind a WITH query",
        "with w as (select tenant_id, event_id, status from spans where occurred_at >= $1 and occurred_at < $2) "
        "select tenant_id, count(distinct event_id) from w group by tenant_id",
    ),
    case(
        "mixed behind a WITH query",
        "with w as (select event_id, status from spans where occurred_at >= $1 and occurred_at < $2) "
        "select count(distinct event_id) filter (where status >= 500) from w",
        "tenant",
    ),
    case(
        "a truncated key",
        "select tenant_id, count(distinct event_id) from spans where date_trunc('hour', occurred_at, 'UTC') = $1 "
        "group by tenant_id",
        "pruning",
    ),
    case(
        "a key as a date",
        "select tenant_id, count(distinct event_id) from spans where occurred_at::date = $1 group by tenant_id",
        "pruning",
        "zone",
    ),
    case(
        "one side of a UNION",
        "select 'good', count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= $2 "
        "and occurred_at < $3 and status < 500 union all select 'all', count(distinct event_id) from request_events "
        "where occurred_at >= $2 and occurred_at < $3",
        "tenant",
        "pruning",
    ),
    case(
        "a condition that OR loosens",
        "select count(distinct event_id) from request_events where (tenant_id = $1 or status >= 500) "
        "and occurred_at >= $2 and occurred_at < $3",
        "pruning",
        unproposed=True,
    ),
    case(
        "all but one",
        "select tenant_id, count(distinct event_id) from request_events where lower(tenant_id) = $1 "
        "and occurred_at >= $2 and occurred_at < $3 group by tenant_id",
        "pruning",
        unproposed=True,
    ),
    # --- counts and arithmetic ----------------------------------------------------------------------------------
    case(
        "rows",
        f"select count(*), count(*) filter (where status >= 500) from request_events where {RANGE}",
        "rows",
    ),
    case(
        "the id without DISTINCT",
        f"select count(event_id) from request_events where {RANGE}",
        "rows",
    ),
    case(
        "cases of one",
        "select sum(case when status >= 500 then 1 else 0 end) as bad, count(case when ok then 1 end) as good "
        f"from request_events where {RANGE}",
        "rows",
    ),
    case(
        "an average of cases",
        f"select avg(case when status < 500 then 1.0 else 0 end) * 100 from request_events where {RANGE}",
        "rows",
    ),
    case("booleans as numbers", f"select sum(ok::int), avg(ok::int) from request_events where {RANGE}", "rows"),
    case(
        "rows of a WITH query",
        f"with w as (select event_id, status from request_events where {RANGE}) select count(*) from w",
        "rows",
    ),
    case(
        "rows of a WITH query that loses the event",
        f"with w as (select status from request_events where {RANGE}) select count(*) from w",
        "rows",
        unproposed=True,
    ),
    case(
        "rows of a join",
        "select t.plan, count(*) from request_events e join tenants t on t.tenant_id = e.tenant_id "
        "where e.tenant_id = $1 and e.occurred_at >= $2 and e.occurred_at < $3 group by t.plan",
        "rows",
    ),
    case(
        "rows in a window",
        f"select route, count(*) over (partition by route) from request_events where {RANGE}",
        "rows",
        unproposed=True,
    ),
    case(
        "a ratio cut off",
        "select 100 * count(distinct event_id) filter (where ok) / count(distinct event_id) from request_events "
        f"where {RANGE}",
        "division",
    ),
    case(
        "a ratio of WITH queries, cut off",
        f"with bad as (select count(distinct event_id) as n from request_events where {RANGE} and status >= 500), "
        f"every as (select count(distinct event_id) as n from request_events where {RANGE}) "
        "select bad.n / every.n as error_rate from bad, every",
        "division",
    ),
    case(
        "a ratio cast too late",
        "select (count(distinct event_id) filter (where ok) / nullif(count(distinct event_id), 0))::float "
        f"from request_events where {RANGE}",
        "division",
    ),
    case(
        "integers of a table of counts",
        "select sum(errors) / count(*) from slots where tenant_id = $1",
        "division",
    ),
    case(
        "floats",
        f"select sum(latency_ms), avg(latency_ms) filter (where ok) from request_events where {RANGE}",
        "floats",
    ),
    case(
        "floats of some",
        f"select avg(case when status < 500 then latency_ms end) from request_events where {RANGE}",
        "floats",
    ),
    case(
        "a limit of no type",
        f"select route, count(distinct event_id) from request_events where {RANGE} group by route "
        "having count(distinct event_id) filter (where status >= 500) > $4",
        "untyped",
    ),
    # --- columns and other servers ------------------------------------------------------------------------------
    case("every column", f"select * from request_events where {RANGE}", "star"),
    case("every column of one", f"select e.* from request_events e where {RANGE}", "star"),
    case(
        "a column that is not there",
        f"select count(distinct event_id) from request_events where {RANGE} and error_class = 'timeout'",
        "refused",
    ),
    case(
        "MySQL",
        "select count(distinct event_id) from request_events where tenant_id = ? "
        "and occurred_at > date_sub(now(), interval 1 hour)",
        "clock",
        "dialect",
    ),
    case(
        "everything at once",
        "SELECT $__timeGroup(occurred_at, $__interval), count(*) FILTER (WHERE status >= 500) / count(*) "
        "FROM request_events WHERE occurred_at BETWEEN now() - interval '7 minutes' AND now() GROUP BY 1",
        "zoom",
        "rows",
        "division",
        "clock",
        "interval",
        "closed",
        "tenant",
        "pruning",
    ),
    # --- more, as they come -------------------------------------------------------------------------------------
    case(
        "a moving average of a table of counts",
        "select slot, sum(errors) over w / nullif(sum(total) over w, 0)::numeric from slots where tenant_id = $1 "
        "and slot >= $2 and slot < $3 window w as (order by slot rows between 11 preceding and current row)",
    ),
    case(
        "a long and a short window",
        "select count(distinct event_id) filter (where status >= 500 and occurred_at >= $2::timestamptz - interval "
        "'5 minutes')::numeric / nullif(count(distinct event_id) filter (where occurred_at >= $2::timestamptz - "
        "interval '5 minutes'), 0) as short, count(distinct event_id) filter (where status >= 500)::numeric / "
        "nullif(count(distinct event_id), 0) as long from request_events where tenant_id = $1 "
        "and occurred_at >= $2::timestamptz - interval '1 hour' and occurred_at < $2",
    ),
    case(
        "a success rate that is one where nothing came",
        "select coalesce(1 - sum(errors)::float8 / nullif(sum(total), 0), 1) from slots where tenant_id = $1 "
        "and slot >= $2 and slot < $3",
    ),
    case(
        "a factor with a point",
        f"select 1.0 * count(*) filter (where status >= 500) / count(*) from request_events where {RANGE}",
        "rows",
    ),
    case(
        "a mean against a number",
        f"select route, avg(latency_ms) from request_events where {RANGE} group by route having avg(latency_ms) > 250",
        "floats",
    ),
    case(
        "two scalar subqueries",
        "select (select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= $2 and "
        "occurred_at < $3 and status >= 500) / (select count(distinct event_id) from request_events where "
        "tenant_id = $1 and occurred_at >= $2 and occurred_at < $3) as ratio",
        "division",
    ),
    case(
        "good and all joined",
        "with good as (select tenant_id, count(distinct event_id) n from spans where occurred_at >= $1 and "
        "occurred_at < $2 and status < 500 group by tenant_id), every as (select tenant_id, count(distinct event_id) n "
        "from spans where occurred_at >= $1 and occurred_at < $2 group by tenant_id) "
        "select tenant_id, coalesce(good.n, 0)::numeric / every.n from every left join good using (tenant_id)",
    ),
    case(
        "each tenant by LATERAL",
        "select t.name, x.n from tenants t cross join lateral (select count(distinct event_id) as n from "
        "request_events e where e.tenant_id = t.tenant_id and e.occurred_at >= $1 and e.occurred_at < $2) x",
    ),
    case(
        "seconds since the epoch",
        "select count(distinct event_id) from request_events where tenant_id = $1 "
        "and extract(epoch from occurred_at) > extract(epoch from now()) - 300",
        "clock",
    ),
    case(
        "literal moments",
        "select tenant_id, count(distinct event_id) from spans where occurred_at >= '2026-01-01 00:00:00+00' "
        "and occurred_at < timestamptz '2026-02-01 00:00:00+00' group by tenant_id",
    ),
    case(
        "weekdays of Berlin",
        "select date_part('dow', occurred_at at time zone 'Europe/Berlin'), count(distinct event_id) "
        f"from request_events where {RANGE} group by 1",
    ),
    case(
        "a clock with a precision",
        "select count(distinct event_id) from request_events where tenant_id = $1 "
        "and occurred_at > current_timestamp(0) - '5 min'::interval",
        "clock",
    ),
    case(
        "subtotals",
        f"select tenant_id, route, count(distinct event_id) from request_events where {RANGE} "
        "group by rollup (tenant_id, route)",
    ),
    case(
        "one row an event by GROUP BY",
        f"select count(*) from (select event_id from request_events where {RANGE} group by event_id) as once",
    ),
    case("distinct pairs", f"select count(distinct (tenant_id, event_id)) from request_events where {RANGE}"),
    case(
        "a mean that is rounded",
        f"select round(avg(latency_ms)::numeric, 2) from request_events where {RANGE}",
        "floats",
    ),
    case("a sum that is cast first", f"select sum(latency_ms::numeric) from request_events where {RANGE}"),
    case(
        "Grafana's milliseconds",
        "select count(distinct event_id) from request_events where tenant_id = ${tenant} and occurred_at between "
        "to_timestamp(${__from} / 1000) and to_timestamp(${__to} / 1000)",
        "closed",
    ),
    case(
        "days, both included",
        "select count(distinct event_id) from request_events where tenant_id = $1 "
        "and occurred_at::date between '2026-01-01' and '2026-01-31'",
        "zone",
    ),
    case(
        "DATE()",
        "SELECT DATE(occurred_at) AS day, COUNT(*) AS errors FROM request_events WHERE tenant_id = 'a' AND "
        "occurred_at >= NOW() - INTERVAL '7 days' GROUP BY 1 ORDER BY 1 DESC",
        "zone",
        "rows",
        "clock",
    ),
    case("uptime of probes", "select avg(up::int) from probes where checked_at > $1 and checked_at <= $2"),
    case(
        "uptime of probes until now",
        "SELECT (COUNT(CASE WHEN up = TRUE THEN 1 END) * 100.0) / COUNT(*) FROM probes "
        "WHERE checked_at >= NOW() - INTERVAL '30 days'",
        "clock",
    ),
    case(
        "a driver's interval",
        "select count(distinct event_id) from request_events where tenant_id = %s "
        "and occurred_at >= now() - interval '${days} days'",
        "clock",
    ),
    case(
        "errors by service, the most first",
        "SELECT service, COUNT(*) AS errors FROM request_events WHERE $__timeFilter(occurred_at) AND status >= 500 "
        "AND tenant_id = '${tenant}' GROUP BY service ORDER BY errors DESC LIMIT 10",
        "rows",
    ),
    case(
        "a subquery that groups by day",
        "select day, errors::float / requests * 100 as error_rate from (select date_trunc('day', occurred_at) as day, "
        "count(*) as requests, count(*) filter (where status >= 500) as errors from request_events "
        f"where {RANGE} group by 1) as days where errors > 0",
        "zone",
        "rows",
    ),
    case(
        "the view of good events",
        "select count(*) from good_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3",
        "rows",
    ),
    case(
        "a page of MySQL",
        "SELECT tenant_id, SUM(status >= 500) / COUNT(*) FROM request_events "
        "WHERE occurred_at > NOW() - INTERVAL 1 HOUR GROUP BY tenant_id",
        "clock",
        "rows",
        "refused",
        unproposed=True,
    ),
    case(
        "TimescaleDB's buckets",
        "select time_bucket('5 minutes', occurred_at), count(distinct event_id) from request_events "
        f"where {RANGE} group by 1",
    ),
    case(
        "the session's tenant",
        "select count(distinct event_id) from request_events where tenant_id = current_setting('app.tenant', true) "
        "and occurred_at >= $1 and occurred_at < $2",
    ),
    case(
        "a quoted table of a schema",
        'SELECT count(DISTINCT "event_id") FROM "public"."request_events" AS "e" WHERE "e"."tenant_id" = $1 '
        'AND "e"."occurred_at" >= $2 AND "e"."occurred_at" < $3',
    ),
    case(
        "a tenant that is all or one",
        "select tenant_id, count(distinct event_id) from request_events where ($1 = 'all' or tenant_id = $1) "
        "and occurred_at >= $2 and occurred_at < $3 group by tenant_id",
    ),
    # --- rows that nobody chose ---------------------------------------------------------------------------------
    case(
        "any copy by DISTINCT ON",
        "select count(*) filter (where status < 500) from (select distinct on (event_id) event_id, status, "
        f"occurred_at from request_events where {RANGE}) as once",
        "arbitrary",
    ),
    case(
        "any copy by ROW_NUMBER",
        "select count(*) filter (where ok) from (select event_id, ok, row_number() over (partition by event_id) as n "
        f"from request_events where {RANGE}) as numbered where n = 1",
        "arbitrary",
    ),
    case(
        "any ten",
        f"select route, count(distinct event_id) from request_events where {RANGE} group by route limit 10",
        "arbitrary",
    ),
    case("the one there is", f"select count(distinct event_id) from request_events where {RANGE} limit 1"),
    case(
        "whether there is any",
        "select name from tenants t where tenant_id = $1 and exists (select 1 from request_events e where "
        "e.tenant_id = t.tenant_id and e.occurred_at >= $2 and e.occurred_at < $3 limit 1)",
    ),
    case(
        "a sample",
        f"select count(distinct event_id) from request_events tablesample system (1) where {RANGE}",
        "arbitrary",
        unproposed=True,
    ),
    # --- moments without a zone -----------------------------------------------------------------------------------
    case(
        "a literal day",
        "select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= '2026-03-01' "
        "and occurred_at < '2026-03-02T12:00'",
        "zoneless",
    ),
    case(
        "a day as a parameter",
        "select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= $2::date "
        "and occurred_at < $2::date + 1",
        "zoneless",
    ),
    case(
        "since midnight",
        "select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= current_date "
        "and occurred_at < current_date + interval '1 day'",
        "clock",
        "zoneless",
    ),
    case(
        "a timestamp of no zone",
        "select count(distinct event_id) from request_events where tenant_id = $1 "
        "and occurred_at between timestamp '2026-03-01 00:00:00' and $2",
        "closed",
        "zoneless",
    ),
    case(
        "windows that begin somewhere",
        "select date_bin('1 hour', occurred_at, timestamptz '2026-01-01') w, count(distinct event_id) "
        f"from request_events where {RANGE} group by w",
        "zoneless",
    ),
    case(
        "literal moments of UTC",
        "select count(distinct event_id) from request_events where tenant_id = $1 "
        "and occurred_at >= '2026-03-01T00:00Z' and occurred_at < '2026-03-02 00:00:00+00'",
    ),
    case(
        "a column without zone",
        "select count(*) from probes where checked_at >= '2026-03-01' and checked_at < timestamp '2026-03-02'",
    ),
    # --- and more of all --------------------------------------------------------------------------------------------
    case(
        "the function of AT TIME ZONE",
        "select date_trunc('day', timezone('UTC', occurred_at)), count(distinct event_id) from request_events "
        f"where {RANGE} group by 1",
    ),
    case(
        "a named limit",
        "select route from request_events where tenant_id = :tenant and occurred_at >= :start and occurred_at < :end "
        "group by route having count(distinct event_id) > :limit",
        "untyped",
    ),
    case(
        "a ratio that is cast late, in percent",
        "select (count(distinct event_id) filter (where ok))::float / greatest(count(distinct event_id), 1) * 100 "
        f"from request_events where {RANGE}",
    ),
    case(
        "a ratio where there is something",
        "select case when count(distinct event_id) = 0 then 1 else count(distinct event_id) filter (where ok) / "
        f"count(distinct event_id) end from request_events where {RANGE}",
        "division",
    ),
    case("columns of bigint", "select good / nullif(total, 0) from slots where tenant_id = $1", "division"),
    case(
        "a range type",
        "select count(distinct event_id) from spans where tenant_id = $1 and occurred_at <@ tstzrange($2, $3)",
    ),
    case(
        "this month",
        "select count(distinct event_id) from request_events where tenant_id = $1 "
        "and date_trunc('month', occurred_at) = date_trunc('month', now())",
        "clock",
        "zone",
    ),
    case(
        "slots until now",
        "select s, count(distinct e.event_id) from generate_series(now() - interval '1 hour', now(), '5 minutes') s "
        "left join request_events e on e.tenant_id = $1 and e.occurred_at >= s and e.occurred_at < s + "
        "interval '5 minutes' group by s",
        "clock",
    ),
    case(
        "Grafana, as wide as a variable",
        "SELECT $__timeGroup(occurred_at, '$interval'), count(distinct event_id) FROM request_events "
        "WHERE $__timeFilter(occurred_at) AND tenant_id = '$tenant' GROUP BY 1",
        "zoom",
    ),
    case(
        "errors without a retry that went well",
        "select count(distinct e.event_id) from request_events e where e.tenant_id = $1 and e.occurred_at >= $2 "
        "and e.occurred_at < $3 and not exists (select 1 from request_events r where r.tenant_id = e.tenant_id "
        "and r.event_id = e.event_id and r.status < 500)",
    ),
    case(
        "the newest event",
        "select tenant_id, max(occurred_at) from spans where occurred_at >= $1 and occurred_at < $2 group by tenant_id",
    ),
)
