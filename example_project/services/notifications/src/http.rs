use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use platform::{ApiError, TenantDb};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::models::{ChannelRow, NotificationRow};
use crate::queries;

#[derive(Debug, Serialize)]
pub struct ChannelPayload {
    pub id: Uuid,
    pub kind: String,
    pub target: String,
    pub verified_at: Option<DateTime<Utc>>,
}

impl From<ChannelRow> for ChannelPayload {
    fn from(row: ChannelRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            target: row.target,
            verified_at: row.verified_at,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct NotificationPayload {
    pub id: i64,
    pub channel_id: Uuid,
    pub subject: String,
    pub payload: serde_json::Value,
    pub attempts: i16,
    pub queued_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
}

impl From<NotificationRow> for NotificationPayload {
    fn from(row: NotificationRow) -> Self {
        Self {
            id: row.id,
            channel_id: row.channel_id,
            subject: row.subject,
            payload: row.payload,
            attempts: row.attempts,
            queued_at: row.queued_at,
            sent_at: row.sent_at,
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct Page {
    pub limit: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct NewNotification {
    pub subject: String,
    pub payload: serde_json::Value,
}

pub async fn list_channels(
    TenantDb(pool): TenantDb,
    Path(customer_id): Path<Uuid>,
) -> Result<Json<Vec<ChannelPayload>>, ApiError> {
    let rows = queries::list_channels(&pool, customer_id).await?;
    Ok(Json(rows.into_iter().map(ChannelPayload::from).collect()))
}

pub async fn queue_notification(
    TenantDb(pool): TenantDb,
    Path(channel_id): Path<Uuid>,
    Json(new): Json<NewNotification>,
) -> Result<(StatusCode, Json<NotificationPayload>), ApiError> {
    let row = queries::queue_notification(&pool, channel_id, &new.subject, &new.payload).await?;
    Ok((StatusCode::ACCEPTED, Json(row.into())))
}

pub async fn pending(
    TenantDb(pool): TenantDb,
    Query(page): Query<Page>,
) -> Result<Json<Vec<NotificationPayload>>, ApiError> {
    let rows = queries::pending(&pool, page.limit.unwrap_or(100)).await?;
    Ok(Json(rows.into_iter().map(NotificationPayload::from).collect()))
}

pub async fn mark_sent(TenantDb(pool): TenantDb, Path(id): Path<i64>) -> Result<StatusCode, ApiError> {
    if queries::mark_sent(&pool, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound)
    }
}
