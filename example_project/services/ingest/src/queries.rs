use chrono::NaiveDate;
use sqlx::PgPool;
use uuid::Uuid;

use crate::http::NewEvent;
use crate::models::{EventRow, UsageRow};

/// Gateways retry: an event that is already there is left as it is.
pub async fn insert_event(pool: &PgPool, event: &NewEvent) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into request_events (event_id, tenant_id, occurred_at, service, route, status, latency_ms, error_code)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (event_id) do nothing
        "#,
        event.event_id,
        event.tenant_id,
        event.occurred_at,
        event.service,
        event.route,
        i32::from(event.status),
        event.latency_ms,
        event.error_code
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn recent_failures(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<EventRow>> {
    sqlx::query_as::<_, EventRow>(
        r#"
        select event_id, occurred_at, service, route, status, latency_ms, error_code
        from request_events
        where status >= 500
        order by occurred_at desc
        limit $1
        "#,
    )
    .bind(limit)
    .fetch_all(pool)
    .await
}

pub async fn list_usage(pool: &PgPool, customer_id: Uuid, since: NaiveDate) -> sqlx::Result<Vec<UsageRow>> {
    sqlx::query_as!(
        UsageRow,
        "select day, meter, quantity from usage_daily where customer_id = $1 and day >= $2 order by day, meter",
        customer_id,
        since
    )
    .fetch_all(pool)
    .await
}

pub async fn add_usage(
    pool: &PgPool,
    customer_id: Uuid,
    day: NaiveDate,
    meter: &str,
    quantity: i64,
) -> sqlx::Result<UsageRow> {
    sqlx::query_as::<_, UsageRow>(
        r#"
        insert into usage_daily as u (customer_id, day, meter, quantity)
        values ($1, $2, $3, $4)
        on conflict (customer_id, day, meter) do update set quantity = u.quantity + excluded.quantity
        returning day, meter, quantity
        "#,
    )
    .bind(customer_id)
    .bind(day)
    .bind(meter)
    .bind(quantity)
    .fetch_one(pool)
    .await
}
