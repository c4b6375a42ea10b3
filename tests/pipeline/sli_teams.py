"""SLI queries as teams write them, each judged by hand before it was run.

``<<tag>>`` stands right before the place that a finding names; the tags are those of ``test_sli_accuracy``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Team:
    """``unchecked`` is why a statement of it is not judged; ``unproposed`` where no better query is known."""

    name: str
    marked: str
    unchecked: str | None = None
    unproposed: bool = False


TEAMS = (
    Team(
        "a view of three windows, one UNION",
        """\
create or replace view availability as
select id, '7d'::text as period, count(*) as checks,
       round(100.0 * count(*) filter (where up) / nullif(count(*), 0), 2) as pct
from probes where checked_at > <<clock>>now() - interval '7 days' group by id
union all
select id, '30d', count(*), round(100.0 * count(*) filter (where up) / nullif(count(*), 0), 2)
from probes where checked_at > <<clock>>NOW() - interval '30 days'
group by id;
""",
    ),
    Team(
        "a continuous aggregate",
        """\
create materialized view requests_hourly with (timescaledb.continuous) as
select <<tenant>><<refused>>time_bucket('1 hour', occurred_at) as bucket,
       <<rows>>count(*) as checks, <<rows>>sum(ok::int) as good,
  percentile_cont(0.95) within group (order by latency_ms)
from request_events group by bucket with no data;
""",
        unproposed=True,
    ),
    Team(
        "days that do not sum to hours",
        """\
select tenant_id, time_bucket(<<interval>>'7 minutes', occurred_at) as w, count(distinct event_id)
from spans where occurred_at >= $1 and occurred_at < $2 group by 1, 2
""",
        unchecked="PostgreSQL cannot tell the types of its parameters: function"
        " time_bucket(unknown, timestamp with time zone) does not exist",
        unproposed=True,
    ),
    Team(
        "five minutes by integers of minutes",
        """\
select <<zone>>date_trunc('hour', occurred_at) + (extract(minute from occurred_at)::int
  / 5) * interval '5 minutes' as w,
       count(distinct event_id)
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 group by 1
""",
    ),
    Team(
        "five minutes by the epoch",
        """\
select to_timestamp(floor(extract(epoch from occurred_at) / 300) * 300) as w, count(distinct event_id)
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 group by 1
""",
    ),
    Team(
        "whole seconds of the epoch cut by a division",
        """\
select (extract(epoch from occurred_at)::bigint / 300) * 300 as w, count(distinct event_id)
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 group by 1
""",
    ),
    Team(
        "gaps filled",
        """\
with slots_of_day as (
  select generate_series(date_trunc('hour', $2::timestamptz, 'UTC'), $3::timestamptz, interval '5 min') as w
), counted as (
  select date_bin('5 min', occurred_at, '1970-01-01 00:00:00Z') as w, count(distinct event_id) as n
  from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 group by 1
)
select s.w, coalesce(c.n, 0) from slots_of_day s left join counted c using (w) order by 1
""",
    ),
    Team(
        "gaps filled, the last day of the session",
        """\
select d::date, coalesce(x.n, 0)
from generate_series(<<clock>>current_date - 29, <<clock>>current_date, interval '1 day') as d
left join lateral (
  select <<rows>>count(*) as n from request_events e
  where e.tenant_id = $1 and e.occurred_at >= d and e.occurred_at < d + interval '1 day'
) x on true
""",
    ),
    Team(
        "the error budget left",
        """\
with c as (
  select count(distinct event_id) as total,
         count(distinct event_id) filter (where status >= 500) as bad
  from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
)
select 1 - <<division>>bad / nullif(total, 0) / (1 - 0.999) as remaining from c
""",
    ),
    Team(
        "integer division hidden by a cast of the whole",
        """\
select tenant_id, (<<division>>sum(errors) / nullif(count(*), 0))::numeric(10, 4) as ratio
from slots where slot >= $1 and slot < $2 group by tenant_id
""",
    ),
    Team(
        "integer division hidden by round",
        """\
select round(<<division>>count(distinct event_id) filter (where status >= 500) / count(distinct event_id) * 100, 2)
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "integer division hidden by a factor that comes late",
        """\
select <<division>>count(distinct event_id) filter (where ok) / count(distinct event_id) * 100.0 as pct
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "a factor that comes early enough",
        """\
select 100.0 * count(distinct event_id) filter (where ok) / count(distinct event_id) as pct
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "one minus a ratio",
        """\
select 1.0 - <<division>>count(distinct event_id) filter (where not ok) / nullif(count(distinct event_id),
  0) as availability
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "a cast of the divisor",
        """\
select count(distinct event_id) filter (where ok) / cast(count(distinct event_id) as decimal)
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "a function of the divisor",
        """\
select count(distinct event_id) filter (where ok) / greatest(count(distinct event_id), 1)::float8
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "DIV on purpose",
        """\
select div(count(distinct event_id), 60) as per_minute
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "requests a second, cut off",
        """\
select <<division>>count(distinct event_id) / 300 as per_second
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "requests a second of a numeric length",
        """\
select count(distinct event_id) / extract(epoch from ($3::timestamptz - $2::timestamptz)) as per_second
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "shards in one UNION ALL",
        """\
select sum(n) from (
  select count(distinct event_id) as n from request_events
  where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 and shard = 'x'
  union all
  select <<rows>>count(*) from request_events
  where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 and shard = 'y'
) as shards
""",
    ),
    Team(
        "shards that UNION makes distinct",
        """\
select count(*) from (
  select event_id from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 and shard = 'x'
  union
  select event_id from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 and shard = 'y'
) as once
""",
    ),
    Team(
        "shards that UNION ALL repeats",
        """\
select <<rows>>count(*) from (
  select event_id from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 and shard = 'x'
  union all
  select event_id from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 and shard = 'y'
) as twice
""",
    ),
    Team(
        "copies left out by DISTINCT",
        """\
select count(*) from (select distinct event_id, status from request_events
  where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3) as once
""",
    ),
    Team(
        "copies left out by the newest row",
        """\
select count(*) filter (where status < 500)::numeric / nullif(count(*), 0)
from (
  select *, row_number() over (partition by event_id order by occurred_at desc, shard) as rn
  from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
) as numbered
where rn = 1
""",
    ),
    Team(
        "copies left out by rn below two",
        """\
with numbered as (
  select event_id, ok, row_number() over (partition by event_id order by occurred_at) as rn
  from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
)
select count(*) from numbered where rn < 2
""",
    ),
    Team(
        "numbered and all kept",
        """\
with numbered as (
  select event_id, ok, row_number() over (partition by event_id order by occurred_at) as rn
  from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
)
select <<rows>>count(*), max(rn) from numbered
""",
    ),
    Team(
        "GROUPING SETS",
        """\
select tenant_id, service, count(distinct event_id), grouping(tenant_id, service)
from request_events where tenant_id = $3 and occurred_at >= $1 and occurred_at < $2
  group by grouping sets ((tenant_id), (tenant_id, service))
""",
    ),
    Team(
        "a total beside the tenants",
        """\
select tenant_id, count(distinct event_id) from request_events
where tenant_id in ('a', 'b') and occurred_at >= $1 and occurred_at < $2 group by cube (tenant_id)
""",
    ),
    Team(
        "a comment that holds NOW()",
        """\
/* was: where occurred_at > NOW() - interval '7 minutes' */
select count(distinct event_id) -- count(*) at now()
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 and route <> 'select * from now()'
  and route <> E'it\\'s now()' and route <> $q$current_timestamp$q$
""",
    ),
    Team(
        "a column that is called now",
        """\
select count(distinct event_id) as "now", max(occurred_at) as current from request_events
where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "two questions and what lies between",
        """\
set search_path to public;
-- first
select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3;

/* second; with ; in a comment */
select <<rows>>count(*) from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3;
""",
        unchecked="not a SELECT",
    ),
    Team(
        "jinja's names",
        """\
select count(distinct event_id) from {{ ref('request_events') }} where tenant_id = '{{ var("tenant") }}'
""",
    ),
    Team(
        "psycopg, a ratio",
        """\
select <<division>>count(distinct event_id) filter (where status >= 500) / count(distinct event_id)
from request_events
where tenant_id = %(tenant)s and occurred_at >= %(start)s and occurred_at < %(end)s
""",
    ),
    Team(
        "psql variables and a clock",
        """\
\\set since '1 hour'
select <<rows>>count(*) from request_events
where tenant_id = :'tenant' and occurred_at >= <<clock>>now() - :'since'::interval;
""",
    ),
    Team(
        "the epoch compared in milliseconds",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and extract(epoch from occurred_at) * 1000 >= $2 and extract(epoch from occurred_at) * 1000 < $3
""",
    ),
    Team(
        "the newest minute by AT TIME ZONE",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at at time zone 'UTC' >= $2::timestamp
  and occurred_at at time zone 'UTC' < $3::timestamp
""",
    ),
    Team(
        "midnight of Tokyo",
        """\
select (date_trunc('day', occurred_at at time zone 'Asia/Tokyo'))::date as day, count(distinct event_id)
from request_events where tenant_id = $1
  and occurred_at >= timestamp '2026-03-01 00:00' at time zone 'Asia/Tokyo'
  and occurred_at < timestamp '2026-03-02 00:00' at time zone 'Asia/Tokyo'
group by 1
""",
    ),
    Team(
        "BETWEEN moments of a CTE",
        """\
with bounds as (select $2::timestamptz as lo, $3::timestamptz as hi)
select count(distinct event_id) from request_events, bounds
where tenant_id = $1 and <<closed>>occurred_at between lo and hi
""",
    ),
    Team(
        "BETWEEN that is not about time",
        """\
select count(distinct event_id) filter (where status between 500 and 599) from request_events
where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "fractions of latency",
        """\
select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by latency_ms) as p,
       percentile_disc(0.9) within group (order by bytes)
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "a mean of floats and its spread",
        """\
select <<floats>>avg(latency_ms), stddev_samp(latency_ms) from request_events
where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "a running sum of floats",
        """\
select event_id, <<floats>>sum(latency_ms) over (order by occurred_at, event_id)
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "the time before the last error",
        """\
select tenant_id, occurred_at - lag(occurred_at) over (partition by tenant_id order by occurred_at, event_id) as gap
from request_events where tenant_id = $1 and status >= 500 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "a burn rate over two ranges",
        """\
with w as (
  select count(distinct event_id) filter (where occurred_at >= <<clock>>now() - interval '5 minutes') as short_total,
         count(distinct event_id) filter (where not ok
  and occurred_at >= <<clock>>now() - interval '5 minutes') as short_bad,
         count(distinct event_id) as long_total,
         count(distinct event_id) filter (where not ok) as long_bad
  from request_events where tenant_id = 'a' and occurred_at >= <<clock>>now() - interval '1 hour'
)
select (short_bad::numeric / nullif(short_total, 0)) / 0.001 > 14.4 and (long_bad::numeric / nullif(long_total,
  0)) / 0.001 > 14.4
from w
""",
    ),
    Team(
        "an alert by HAVING with two limits",
        """\
select service, <<rows>>count(*) from request_events where tenant_id = :tenant and occurred_at >= :from
  and occurred_at < :to
group by service
having <<rows>><<untyped>>count(*) > :min_requests and count(distinct event_id)
  filter (where not ok)::numeric / count(distinct event_id) > 0.01
""",
    ),
    Team(
        "a limit that is cast by CAST",
        """\
select service from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
group by service having avg(bytes) > cast($4 as numeric)
""",
    ),
    Team(
        "worst routes",
        """\
select route, count(distinct event_id) as n from request_events
where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 group by route order by n desc,
  route fetch first 5 rows only
""",
    ),
    Team(
        "any routes",
        """\
select route, count(distinct event_id) as n from request_events
where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 group by route fetch first <<arbitrary>>5 rows only
""",
    ),
    Team(
        "a random sample by ORDER BY",
        """\
select event_id from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
order by <<arbitrary>>random() limit 100
""",
        unproposed=True,
    ),
    Team(
        "the first status seen",
        """\
select event_id, (array_agg(status))[1] from request_events
where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 group by event_id
""",
    ),
    Team(
        "a function of the team",
        """\
create or replace function error_rate(t text, since timestamptz) returns numeric language plpgsql as $$
begin
  return (select count(*) filter (where status >= 500)::numeric / count(*) from request_events
          where tenant_id = t and occurred_at > now() - interval '1 hour');
end $$;
""",
        unchecked="the body of a function is not read: what it asks belongs into a statement of its own",
    ),
    Team(
        "explained",
        """\
explain (analyze, buffers) select <<rows>>count(*) from request_events where tenant_id = $1
  and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "refreshed",
        """\
refresh materialized view concurrently requests_hourly;
""",
        unchecked="not a SELECT",
    ),
    Team(
        "a table made of it",
        """\
create table daily as
select tenant_id, <<zone>>date_trunc('day', occurred_at) as d, <<rows>>count(*) from request_events
where tenant_id in ('a', 'b') and occurred_at >= $1 and occurred_at < $2 group by 1, 2
""",
    ),
    Team(
        "an upsert of counts",
        """\
insert into slots (tenant_id, slot, good, total, errors)
select tenant_id, date_bin('5 minutes', occurred_at, timestamptz 'epoch'), <<rows>>count(*) filter (where ok),
  <<rows>>count(*), 0
from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 group by 1, 2
on conflict do nothing;
""",
    ),
    Team(
        "quoted names in capitals",
        """\
SELECT "e"."tenant_id", COUNT(DISTINCT "e"."event_id") AS "Total", <<rows>>COUNT("e"."status") AS "Rows"
FROM "public"."request_events" "e"
WHERE "e"."tenant_id" = $1 AND "e"."occurred_at" >= $2 AND "e"."occurred_at" < $3 GROUP BY "e"."tenant_id"
""",
    ),
    Team(
        "tenants who had nothing",
        """\
select <<pruning>>t.tenant_id, count(distinct e.event_id) from tenants t
left join request_events e on e.tenant_id = t.tenant_id and e.occurred_at >= $1 and e.occurred_at < $2
group by t.tenant_id
""",
        unproposed=True,
    ),
    Team(
        "all copies joined",
        """\
select e.tenant_id, <<rows>>count(*) from request_events e join spans s on s.event_id = e.event_id
  and s.tenant_id = e.tenant_id
where e.tenant_id = $1 and e.occurred_at >= $2 and e.occurred_at < $3 and s.occurred_at >= $2
  and s.occurred_at < $3 group by 1
""",
    ),
    Team(
        "a range by a lower end in the future",
        """\
select count(distinct event_id) from request_events where tenant_id = $1 and <<endless>>$2 <= occurred_at
""",
    ),
    Team(
        "a moment that is a column",
        """\
select count(distinct event_id) filter (where occurred_at > started_at) from request_events
where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
""",
    ),
    Team(
        "yesterday in words",
        """\
select count(distinct event_id) from request_events where tenant_id = $1
and occurred_at >= <<clock>>'yesterday'::timestamptz and occurred_at < <<clock>>'today'::timestamptz
""",
    ),
    Team(
        "now as a string",
        """\
select count(distinct event_id) from request_events where tenant_id = $1
and occurred_at >= $2 and occurred_at < timestamptz <<clock>>'now'
""",
    ),
    Team(
        "the age of an event by age()",
        """\
select count(distinct event_id) from request_events where tenant_id = $1
  and <<clock>>age(occurred_at) < interval '1 hour'
""",
    ),
    Team(
        "the age between two moments",
        """\
select max(age(occurred_at, started_at)) from request_events where tenant_id = $1 and occurred_at >= $2
  and occurred_at < $3
""",
    ),
    Team(
        "a NOT BETWEEN",
        """\
select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
and occurred_at not between $4 and $5
""",
    ),
    Team(
        "an interval in short",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at >= $2::timestamptz - interval '5 min' and occurred_at < $2
""",
    ),
    Team(
        "an interval in parts",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at >= $2::timestamptz - <<interval>>interval '1 hour 7 minutes' and occurred_at < $2
""",
    ),
    Team(
        "an interval of the clock's form",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at >= $2::timestamptz - <<interval>>interval '00:07:00' and occurred_at < $2
""",
    ),
    Team(
        "an interval of ISO",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at >= $2::timestamptz - interval 'PT5M' and occurred_at < $2
""",
    ),
    Team(
        "make_interval",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at >= $2::timestamptz - <<interval>>make_interval(mins => 7) and occurred_at < $2
""",
    ),
    Team(
        "seven times a minute",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at >= $2::timestamptz - <<interval>>7 * interval '1 minute' and occurred_at < $2
""",
    ),
    Team(
        "a day shorter than the range",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at >= $2::timestamptz - interval '28 days' and occurred_at < $2
""",
    ),
    Team(
        "distinct by the replica too",
        """\
select <<rows>>count(*) from (select distinct event_id, shard from request_events
  where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3) as copies
""",
        unproposed=True,
    ),
    Team(
        "grouped by the replica too",
        """\
with once as (select event_id, shard, max(status) as status from request_events
  where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 group by 1, 2)
select <<rows>>count(*), <<rows>>count(*) filter (where status >= 500) from once
""",
        unproposed=True,
    ),
    Team(
        "the second copies only",
        """\
select <<rows>>count(*) from (select event_id, row_number() over (partition by event_id order by occurred_at) as n
  from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3) as numbered where n = 2
""",
    ),
    Team(
        "today, compared as it is",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at >= <<clock>>'yesterday' and occurred_at < <<clock>>'today' and route <> 'now'
""",
    ),
    Team(
        "a service that is called today",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 and service = 'today'
""",
    ),
    Team(
        "copied out",
        """\
copy (select <<rows>>count(*) from request_events where tenant_id = 'a' and occurred_at >= <<zoneless>>'2026-03-01'
  and occurred_at < '2026-03-02 00:00Z') to '/tmp/out.csv' with (format csv);
""",
    ),
    Team(
        "prepared",
        """\
prepare bad (text, timestamptz, timestamptz) as
select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3;
""",
    ),
    Team(
        "a dbt model",
        """\
{{ config(materialized='incremental', unique_key='w') }}
{# now() is what we had; count(*) too #}
select tenant_id, date_bin('5 minutes', occurred_at, timestamptz '1970-01-01 00:00:00Z') as w,
       <<rows>>count(*) as total
from {{ ref('request_events') }}
where tenant_id = '{{ var("tenant") }}' and occurred_at >= '{{ start }}' and occurred_at < '{{ end }}'
group by 1, 2
""",
    ),
    Team(
        "NOT of a range",
        """\
select count(distinct event_id) from request_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
and not (occurred_at >= $4 and occurred_at <= $5)
""",
    ),
    Team(
        "a fraction of an hour",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at >= $2::timestamptz - interval '0.5 hours' and occurred_at < $2
""",
    ),
    Team(
        "three quarters and a minute",
        """\
select count(distinct event_id) from request_events
where tenant_id = $1 and occurred_at >= $2::timestamptz - (<<interval>>interval '1 minute' * 46) and occurred_at < $2
""",
    ),
)
