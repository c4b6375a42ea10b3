-- What the support dashboard shows of one tenant: requests in windows of five minutes, and how many were answered.
-- Replicas repeat events, so that an event is counted once.
select
    date_bin(interval '5 minutes', occurred_at, timestamptz '1970-01-01 00:00:00Z') as window_start,
    count(distinct event_id) as valid,
    count(distinct event_id) filter (where status < 500) as good
from request_events
where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 and route <> '/health'
group by window_start
order by window_start;
