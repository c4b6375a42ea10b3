"""Writes the request events of Ledgerline: 28 days of all tenants, as four replica shards of Parquet.

    python scripts/events.py --out events

The same seed, rows and story give the same rows in the same order, on any machine: every choice is a hash of the
seed and of the event's place (tenant, hour, number), never a random generator or the clock. Tenants are those of
``errorbudget.toml``, in its order; what happened to them is in ``story.toml``.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parent.parent
HOUR_US = 3_600_000_000
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One hour of one tenant: how many events, and how many per million of them fail or are slow."""

    tenant: int
    start_us: int
    events: int
    failures: int
    slow: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written. ``rows`` = distinct events + ``copies``; ``disagreeing`` of the copies differ."""

    tenants: tuple[str, ...]
    cells: tuple[Cell, ...]
    copies: int
    disagreeing: int


def microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def tenant_names(settings: Mapping[str, Any], story: Mapping[str, Any]) -> tuple[str, ...]:
    names = tuple(name for database in settings["database"] for name in database["tenants"]["names"])
    for name in names:
        if name not in story["tenants"]:
            raise SystemExit(f"story.toml: no [tenants.{name}], which errorbudget.toml lists")
    return names


def make_plan(story: Mapping[str, Any], names: tuple[str, ...], *, rows: int, seed: int, end: datetime) -> Plan:
    """Shares the events out among tenants and hours by their weights, to the last one."""
    traffic = story["traffic"]
    copies = rows * traffic["duplicates_per_million"] // MILLION
    start = end - timedelta(days=traffic["days"])
    hours = [start + timedelta(hours=number) for number in range(traffic["days"] * 24)]
    places = [(tenant, number) for tenant in range(len(names)) for number in range(len(hours))]
    weights = [hour_weight(story["tenants"][names[tenant]], traffic, hours[number]) for tenant, number in places]
    counts = share_out(rows - copies, weights)
    cells = []
    for (tenant, number), events in zip(places, counts, strict=True):
        traits = story["tenants"][names[tenant]]
        factor = traffic["bad_hour_factor"] if is_bad_hour(traffic, seed, tenant, number) else 1
        failures, slow = traits["failures"] * factor, traits["slow"] * factor
        cells.append(Cell(tenant, microseconds(hours[number]), events, failures, slow))
    return Plan(names, tuple(cells), copies, min(copies, traffic["disagreeing"]))


def hour_weight(traits: Mapping[str, Any], traffic: Mapping[str, Any], hour: datetime) -> int:
    local = hour + timedelta(hours=traits["utc_offset"])
    weight: int = traits["weight"] * traffic["hours"][local.hour] * traffic["weekdays"][local.weekday()]
    return weight


def is_bad_hour(traffic: Mapping[str, Any], seed: int, tenant: int, number: int) -> bool:
    digest = hashlib.md5(f"{seed}/bad hour/{tenant}/{number}".encode(), usedforsecurity=False).digest()
    share: int = traffic["bad_hours_per_million"]
    return int.from_bytes(digest[:8], "big") % MILLION < share


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` in whole parts, in proportion to ``weights``; the parts add up to it."""
    whole, before, shares = sum(weights), 0, []
    for weight in weights:
        after = before + weight
        shares.append(after * total // whole - before * total // whole)
        before = after
    return shares


def load_story(connection: duckdb.DuckDBPyConnection, story: Mapping[str, Any], plan: Plan) -> None:
    """The tables that the events are made from: cells, routes by percent, incidents by tenant."""
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(
        "create temp table tenants as select unnest($1::int[]) as tenant, unnest($2::text[]) as name",
        [list(range(len(plan.tenants))), list(plan.tenants)],
    )
    columns = ([getattr(cell, name) for cell in plan.cells] for name in Cell.__slots__)
    connection.execute(
        "create temp table cells as select unnest($1::int[]) as tenant, unnest($2::bigint[]) as start_us,"
        " unnest($3::int[]) as events, unnest($4::int[]) as failures, unnest($5::int[]) as slow",
        list(columns),
    )
    routes = [(r["service"], r["route"], r["base_ms"]) for r in story["routes"] for _ in range(r["weight"])]
    connection.execute(
        "create temp table routes as select unnest($1::int[]) as pick, unnest($2::text[]) as service,"
        " unnest($3::text[]) as route, unnest($4::int[]) as base_ms",
        [list(range(len(routes))), *map(list, zip(*routes, strict=True))],
    )
    incidents = tuple(incident_rows(story, plan.tenants))
    connection.execute(
        "create temp table incidents as select unnest($1::int[]) as tenant, unnest($2::bigint[]) as from_us,"
        " unnest($3::bigint[]) as until_us, unnest($4::int[]) as failures, unnest($5::int[]) as slow",
        [list(column) for column in zip(*incidents, strict=True)],
    )


def incident_rows(story: Mapping[str, Any], names: tuple[str, ...]) -> list[tuple[int, int, int, int, int]]:
    rows: list[tuple[int, int, int, int, int]] = []
    for incident in story["incidents"]:
        start = microseconds(incident["from"])
        until = start + incident["minutes"] * 60 * MILLION
        hit = names if incident["tenants"] == "all" else incident["tenants"]
        for tenant in map(names.index, hit):
            if any(tenant == other[0] and start < other[2] and other[1] < until for other in rows):
                raise SystemExit(f"story.toml: two incidents of {names[tenant]} overlap")
            rows.append((tenant, start, until, incident["failures"], incident["slow"]))
    return rows


# a, b and c are 64 bits each of two hashes; every choice takes digits of its own from them.
DISTINCT = """
create temp table first_copies as
with numbered as (
    select tenant, start_us, failures, slow, unnest(range(events)) as number from cells
), hashed as (
    select *,
        md5_number_lower(concat_ws('/', $seed, tenant, start_us, number)) as a,
        md5_number_upper(concat_ws('/', $seed, tenant, start_us, number)) as b,
        md5_number_lower(concat_ws('/', $seed, 'id', tenant, start_us, number)) as c,
        md5(concat_ws('/', $seed, 'id', tenant, start_us, number))::uuid as event_id
    from numbered
), placed as (
    select *, start_us + (a % 3600000000)::bigint as at_us,
        (b % 1000000)::int as failure_roll,
        (b // 1000000 % 1000000)::int as slow_roll,
        (b // 1000000000000 % 1000000)::int as client_roll,
        (a // 3600000000 % 1000000)::int as health_roll,
        (c % 100)::int as spread_one,
        (c // 100 % 100)::int as spread_two,
        (c // 10000 % 10000)::int as spread_slow,
        (c // 100000000 % $picks)::int as pick
    from hashed
), judged as (
    select p.*, t.name, p.health_roll < $health as is_health,
        p.failure_roll < coalesce(i.failures, p.failures) as fails,
        p.slow_roll < coalesce(i.slow, p.slow) as is_slow
    from placed p
    join tenants t on t.tenant = p.tenant
    left join incidents i on i.tenant = p.tenant and p.at_us >= i.from_us and p.at_us < i.until_us
), answered as (
    select *, case
            when is_health then 200
            when fails then [500, 502, 503, 503, 504][1 + spread_one % 5]
            when client_roll < $client then [400, 404, 404, 409, 422][1 + spread_one % 5]
            when spread_two < 22 then 201
            else 200 end as status
    from judged
)
select event_id, a.name as tenant_id, a.at_us, (c // 100000000000 % $shards)::int as shard, c,
    case when is_health then 'gateway' else r.service end as service,
    case when is_health then '/health' else r.route end as route, status,
    case
        when is_health then 1 + spread_one % 4
        when status = 504 then 30000 + spread_one
        when is_slow then 301 + spread_slow * spread_two // 300
        else r.base_ms + spread_one * spread_two // 55 end as latency_ms,
    case status
        when 400 then 'invalid_request' when 404 then 'not_found' when 409 then 'conflict'
        when 422 then 'unprocessable' when 500 then 'internal' when 502 then 'bad_gateway'
        when 503 then 'unavailable' when 504 then 'upstream_timeout' end as error_code,
    case when c // 1000000000000 % 1000000 < $late then c % $latest_us else c % 2000000 end::bigint as delay_us
from answered a join routes r on r.pick = a.pick
"""

# The events that are written twice, and among them those whose second copy tells of a timeout at the gateway while
# the first tells of an answer in time.
COPIES = """
create temp table second_copies as
with chosen as (
    select *, md5_number_lower(concat($seed, '/copy/', event_id)) as d
    from first_copies order by md5(concat($seed, '/twice/', event_id)), event_id limit $copies
), ranked as (
    select *, status in (200, 201) and latency_ms <= 300 and route <> '/health' as is_ordinary,
        row_number() over (partition by is_ordinary order by d, event_id) as rank
    from chosen
)
select event_id, tenant_id, at_us, ((shard + d % $shards) % $shards)::int as shard, service, route,
    case when is_ordinary and rank <= $disagreeing then 504 else status end as status,
    case when is_ordinary and rank <= $disagreeing then 30000 else latency_ms end as latency_ms,
    case when is_ordinary and rank <= $disagreeing then 'upstream_timeout' else error_code end as error_code,
    (30000000 + d // 1000 % ($latest_us - 30000000))::bigint as delay_us
from ranked
"""

# A replica writes in the order of arrival.
SHARD = """
copy (
    select event_id, tenant_id, make_timestamptz(at_us) as occurred_at, {name} as shard, service, route,
        status::int as status, latency_ms::int as latency_ms, error_code
    from (
        select event_id, tenant_id, at_us, shard, service, route, status, latency_ms, error_code, delay_us, 1 as copy
        from first_copies
        union all
        select *, 2 from second_copies
    ) where shard = {number}
    order by at_us + delay_us, event_id, copy
) to {path} (format parquet, compression zstd)
"""


def write(story: Mapping[str, Any], plan: Plan, out: Path, *, seed: int) -> tuple[Path, ...]:
    """Writes one file a shard. Each is written beside its place and then moved there whole."""
    traffic = story["traffic"]
    out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        load_story(connection, story, plan)
        latest_us, shards = traffic["latest_ms"] * 1000, traffic["shards"]
        connection.execute(
            DISTINCT,
            {
                "seed": seed,
                "picks": sum(route["weight"] for route in story["routes"]),
                "health": traffic["health_checks_per_million"],
                "client": traffic["client_errors_per_million"],
                "late": traffic["late_per_million"],
                "latest_us": latest_us,
                "shards": shards,
            },
        )
        connection.execute(
            COPIES,
            {
                "seed": seed,
                "copies": plan.copies,
                "disagreeing": plan.disagreeing,
                "shards": shards,
                "latest_us": latest_us,
            },
        )
        return tuple(write_shard(connection, out, number) for number in range(shards))


def write_shard(connection: duckdb.DuckDBPyConnection, out: Path, number: int) -> Path:
    path = out / f"replica-{number}.parquet"
    part = path.with_suffix(".part")
    quoted = "'" + str(part).replace("'", "''") + "'"
    connection.execute(SHARD.format(name=f"'replica-{number}'", number=number, path=quoted))
    part.replace(path)
    return path


def moment(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no time zone: write {text}Z")
    return parsed


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Writes the request events of Ledgerline as Parquet.")
    parser.add_argument("--out", type=Path, default=ROOT / "events", help="folder of the shards (default: events)")
    parser.add_argument("--rows", type=int, default=1_200_000, help="rows in all shards together, copies included")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--end", type=moment, help="where the events end, such as 2026-11-01T00:00:00Z")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    options = arguments(argv)
    settings = tomllib.loads((ROOT / "errorbudget.toml").read_text())
    story = tomllib.loads((ROOT / "scripts" / "story.toml").read_text())
    names = tenant_names(settings, story)
    end = options.end or story["traffic"]["end"]
    plan = make_plan(story, names, rows=options.rows, seed=options.seed, end=end)
    files = write(story, plan, options.out, seed=options.seed)
    sys.stdout.write(f"{options.rows} rows in {len(files)} shards: {plan.copies} copies, {plan.disagreeing} disagree\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
