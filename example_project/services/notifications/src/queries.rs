use sqlx::PgPool;
use uuid::Uuid;

use crate::models::{ChannelRow, NotificationRow};

pub async fn list_channels(pool: &PgPool, customer_id: Uuid) -> sqlx::Result<Vec<ChannelRow>> {
    sqlx::query_as::<_, ChannelRow>(
        "select id, kind, target, verified_at from notification_channels where customer_id = $1 order by kind, target",
    )
    .bind(customer_id)
    .fetch_all(pool)
    .await
}

pub async fn queue_notification(
    pool: &PgPool,
    channel_id: Uuid,
    subject: &str,
    payload: &serde_json::Value,
) -> sqlx::Result<NotificationRow> {
    sqlx::query_as::<_, NotificationRow>(
        r#"
        insert into notifications (channel_id, subject, payload)
        values ($1, $2, $3)
        returning id, channel_id, subject, payload, attempts, queued_at, sent_at
        "#,
    )
    .bind(channel_id)
    .bind(subject)
    .bind(payload)
    .fetch_one(pool)
    .await
}

pub async fn pending(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<NotificationRow>> {
    sqlx::query_as::<_, NotificationRow>(
        r#"
        select id, channel_id, subject, payload, attempts, queued_at, sent_at
        from notifications
        where sent_at is null
        order by queued_at
        limit $1
        "#,
    )
    .bind(limit)
    .fetch_all(pool)
    .await
}

/// Whether it was still to be sent.
pub async fn mark_sent(pool: &PgPool, id: i64) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update notifications set sent_at = now(), attempts = attempts + 1::smallint where id = $1 and sent_at is null",
        id
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}
