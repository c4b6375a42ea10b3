"""The events of the aggregation's benchmark, and what a person would write by hand to count them.

Every query but ``PLAIN`` deduplicates, lets the least copy by (time, mapped columns) count and tells how many events
have copies that disagree. They take it for granted that no row lacks an id, a time or a known tenant.
"""

from __future__ import annotations

WINDOW_US = 300_000_000
BEGIN_US = 1_767_225_600_000_000
"""2026-01-01, a Thursday."""
DAY_US = 86_400_000_000
DAYS = 28
COPIED = 29
"""Of so many events one is in two shards, and of these every 130th disagrees."""
TENANTS = tuple(f"tenant-{number:02}" for number in range(12))

EVENTS = """
select md5('id' || i)::uuid as event_id, printf('tenant-%02d', i % 12) as tenant_id,
    make_timestamptz({begin} + i * {apart}) as occurred_at, (hash(i) % 4)::varchar as shard,
    case when hash(i, 1) % 500 = 0 then 500 else 200 end::int as status, (hash(i, 2) % 400)::int as latency_ms,
    case when hash(i, 3) % 20 = 0 then '/health' else '/api' end as route
from range({first}, {last}) numbers(i)
"""
GENERATE = """
create or replace temp table events as {events};
insert into events
select event_id, tenant_id, occurred_at, ((shard::int + 1) % 4)::varchar,
    case when hash(event_id) % {copied} = 0 and hash(event_id, 1) % 130 = 0 then 503 else status end, latency_ms, route
from events where hash(event_id) % {copied} = 0;
copy (select * from events order by occurred_at) to '{path}' (format parquet, compression zstd);
"""

PLAIN = """
select tenant_id, epoch_us(occurred_at) // {w} as w, count(*), count(*) filter (status >= 500) from {f} group by all
"""
ROW_NUMBER = """
with placed as (
    select *, epoch_us(occurred_at) as t, row_number() over copies as place
    from {f} window copies as (partition by tenant_id, event_id order by occurred_at, latency_ms, route, status)
), disagreeing as (
    select tenant_id, event_id from placed group by all
    having count(distinct (t, latency_ms, route, status)) > 1
)
select tenant_id, t - ((t % {w}) + {w}) % {w} as w, count(*),
    count(*) filter (route <> '/health') as valid, count(*) filter (route <> '/health' and status >= 500) as bad,
    count(*) filter (route <> '/health' and status < 500) as valid_fast,
    count(*) filter (route <> '/health' and status < 500 and latency_ms > 300) as slow,
    (select count(*) from disagreeing) as disagreeing
from placed where place = 1 group by all
"""
_BITS = "(route <> '/health')::int * (1 + (status >= 500)::int * 2 + (status < 500 and latency_ms > 300)::int * 4)"
_PLACE = f"list_position({list(TENANTS)}, e.tenant_id)::smallint"
_DIGITS = """count(*) as events, count(*) filter (b & 1 = 1) as valid, count(*) filter (b & 2 = 2) as bad,
    count(*) filter (b & 3 = 1) as valid_fast, count(*) filter (b & 4 = 4) as slow"""
TWO_LOOKS = f"""
with grouped as materialized (
    select {_PLACE} as tenant, event_id, count(*) as copies, min(epoch_us(occurred_at)) as t, min({_BITS}) as b
    from {{f}} e group by all
), ranked as (
    select tenant, event_id, epoch_us(occurred_at) as t, status, latency_ms, route,
        row_number() over copies as place, count(*) over (partition by tenant, event_id) as kinds
    from (
        select distinct {_PLACE} as tenant, event_id, occurred_at, status, latency_ms, route
        from {{f}} e
            semi join (from grouped where copies > 1) g on g.tenant = {_PLACE} and g.event_id = e.event_id
    ) window copies as (partition by tenant, event_id order by occurred_at, latency_ms, route, status)
), chosen as (
    select tenant, t, b, 0 as disagrees from grouped where copies = 1
    union all
    select tenant, t, {_BITS}, (kinds > 1)::int from ranked where place = 1
)
select tenant, t - ((t % {{w}}) + {{w}}) % {{w}} as w, {_DIGITS}, sum(disagrees)::bigint as disagreeing
from chosen group by all
"""
ONE_LOOK = f"""
with ranks as materialized (
    select latency_ms, route, status, row_number() over (order by latency_ms, route, status) - 1 as rank, {_BITS} as b
    from (select distinct latency_ms, route, status from {{f}})
), grouped as (
    select tenant, event_id, min(packed) as least, max(packed) as greatest
    from (
        select {_PLACE} as tenant, event_id, (epoch_us(occurred_at) - {BEGIN_US}) * 65536 + rank as packed
        from {{f}} e join ranks r on r.latency_ms is not distinct from e.latency_ms
            and r.route is not distinct from e.route and r.status is not distinct from e.status
    ) group by all
), chosen as (
    select tenant, (least >> 16) + {BEGIN_US} as t, b, (least <> greatest)::int as disagrees
    from grouped join ranks on rank = least & 65535
)
select tenant, t - ((t % {{w}}) + {{w}}) % {{w}} as w, {_DIGITS}, sum(disagrees)::bigint as disagreeing
from chosen group by all
"""

_CODE = """(case when route <> '/health' then 1 else 0 end + case when status >= 500 then 2 else 0 end
    + case when latency_ms > 300 then 4 else 0 end)::tinyint"""
_COUNTED = f"""
marked as (
    select {_PLACE} as tenant, event_id, epoch_us(occurred_at) as t, latency_ms, route, status,
        hash({_PLACE}, event_id) in (select event from {{repeated}}) as copied
    from {{f}} e
), ranked as (
    select *, row_number() over copies as place, count(*) over (partition by tenant, event_id) as kinds
    from (select distinct tenant, event_id, t, latency_ms, route, status from marked where copied)
    window copies as (partition by tenant, event_id order by t, latency_ms, route, status)
), chosen as (
    select tenant, t // {{w}} as window_number, {_CODE} as c, 0 as disagrees from marked where not copied
    union all
    select tenant, t // {{w}}, {_CODE}, (kinds > 1)::int from ranked where place = 1
)
select tenant, window_number * {{w}} as w, count(*) as events, count(*) filter (c & 1 = 1) as valid,
    count(*) filter (c & 3 = 3) as bad, count(*) filter (c & 3 = 1) as valid_fast, count(*) filter (c & 7 = 5) as slow,
    sum(disagrees)::bigint as disagreeing
from chosen group by all
"""
"""All rows are counted as they are, but for those whose event's hash is repeated: these are few, and ranked."""
_REPEATED = f"select hash({_PLACE}, event_id) as event from {{f}} e group by all having count(*) > 1"
APART = f"with repeated as materialized ({_REPEATED}), " + _COUNTED.replace("{repeated}", "repeated")
APART_IN_SLICE = "with" + _COUNTED.replace("{repeated}", "(from repeated where slice = {slice} or crosses)")

HASHES = f"select hash({_PLACE}, event_id) as event, {{slice}}::smallint as slice from {{f}} e"
REPEATED = """
select event, min(slice) as slice, min(slice) <> max(slice) as crosses from {hashes}
where event between {first} and {last} group by event having count(*) > 1
"""
"""Events with several rows, and which of them lie in several slices: hashes of all ids, a range at a time, so that a
range fits into memory."""


def generate(path: str, events: int, from_us: int, to_us: int) -> str:
    """SQL that writes the events of a span of time, counted from the begin, where ``DAYS`` hold so many."""
    apart = DAYS * DAY_US // events
    rows = EVENTS.format(begin=BEGIN_US, apart=apart, first=-(-from_us // apart), last=-(-to_us // apart))
    return GENERATE.format(events=rows, copied=COPIED, path=path)
