use sqlx::PgPool;
use uuid::Uuid;

use crate::models::{BuildRow, StatementRow};

pub async fn list_statements(pool: &PgPool, customer_id: Uuid) -> sqlx::Result<Vec<StatementRow>> {
    sqlx::query_as::<_, StatementRow>(
        r#"
        select id, customer_id, period_start, period_end, pages
        from statements
        where customer_id = $1
        order by period_start
        "#,
    )
    .bind(customer_id)
    .fetch_all(pool)
    .await
}

pub async fn list_builds(pool: &PgPool, statement_id: Uuid) -> sqlx::Result<Vec<BuildRow>> {
    sqlx::query_as::<_, BuildRow>(
        r#"
        select id, statement_id, started_at, finished_at, duration_seconds, outcome
        from statement_builds
        where statement_id = $1
        order by started_at desc
        "#,
    )
    .bind(statement_id)
    .fetch_all(pool)
    .await
}

pub async fn start_build(pool: &PgPool, statement_id: Uuid) -> sqlx::Result<BuildRow> {
    sqlx::query_as::<_, BuildRow>(
        r#"
        insert into statement_builds (statement_id)
        values ($1)
        returning id, statement_id, started_at, finished_at, duration_seconds, outcome
        "#,
    )
    .bind(statement_id)
    .fetch_one(pool)
    .await
}

pub async fn finish_build(
    pool: &PgPool,
    id: i64,
    duration_seconds: f64,
    outcome: &str,
) -> sqlx::Result<BuildRow> {
    sqlx::query_as::<_, BuildRow>(
        r#"
        update statement_builds
        set finished_at = now(), duration_seconds = $2, outcome = $3
        where id = $1
        returning id, statement_id, started_at, finished_at, duration_seconds, outcome
        "#,
    )
    .bind(id)
    .bind(duration_seconds)
    .bind(outcome)
    .fetch_one(pool)
    .await
}
