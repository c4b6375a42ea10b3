use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use platform::{ApiError, TenantDb};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::models::{EventRow, UsageRow};
use crate::{ffi, queries};

#[derive(Debug, Deserialize)]
pub struct NewEvent {
    pub event_id: Uuid,
    pub tenant_id: String,
    pub occurred_at: DateTime<Utc>,
    pub service: String,
    pub route: String,
    pub status: u16,
    pub latency_ms: i32,
    pub error_code: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Accepted {
    pub stored: bool,
    pub metered: bool,
    pub requests: u64,
    pub failures: u64,
}

#[derive(Debug, Serialize)]
pub struct FailurePayload {
    pub event_id: Uuid,
    pub occurred_at: DateTime<Utc>,
    pub service: String,
    pub route: String,
    pub status: i32,
    pub latency_ms: i32,
    pub error_code: Option<String>,
}

impl From<EventRow> for FailurePayload {
    fn from(row: EventRow) -> Self {
        Self {
            event_id: row.event_id,
            occurred_at: row.occurred_at,
            service: row.service,
            route: row.route,
            status: row.status,
            latency_ms: row.latency_ms,
            error_code: row.error_code,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct UsagePayload {
    pub day: NaiveDate,
    pub meter: String,
    pub quantity: i64,
}

impl From<UsageRow> for UsagePayload {
    fn from(row: UsageRow) -> Self {
        Self {
            day: row.day,
            meter: row.meter,
            quantity: row.quantity,
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct Page {
    pub limit: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct UsageFilter {
    pub since: NaiveDate,
}

#[derive(Debug, Deserialize)]
pub struct NewUsage {
    pub day: NaiveDate,
    pub meter: String,
    pub quantity: i64,
}

pub async fn record_event(
    TenantDb(pool): TenantDb,
    Json(event): Json<NewEvent>,
) -> Result<(StatusCode, Json<Accepted>), ApiError> {
    let stored = queries::insert_event(&pool, &event).await?;
    let metered = stored && ffi::record(&event.tenant_id, event.status, event.latency_ms.unsigned_abs());
    let counters = ffi::metered(&event.tenant_id);
    let accepted = Accepted {
        stored,
        metered,
        requests: counters.requests,
        failures: counters.failures,
    };
    Ok((StatusCode::ACCEPTED, Json(accepted)))
}

pub async fn recent_failures(
    TenantDb(pool): TenantDb,
    Query(page): Query<Page>,
) -> Result<Json<Vec<FailurePayload>>, ApiError> {
    let rows = queries::recent_failures(&pool, page.limit.unwrap_or(100)).await?;
    Ok(Json(rows.into_iter().map(FailurePayload::from).collect()))
}

pub async fn list_usage(
    TenantDb(pool): TenantDb,
    Path(customer_id): Path<Uuid>,
    Query(filter): Query<UsageFilter>,
) -> Result<Json<Vec<UsagePayload>>, ApiError> {
    let rows = queries::list_usage(&pool, customer_id, filter.since).await?;
    Ok(Json(rows.into_iter().map(UsagePayload::from).collect()))
}

pub async fn add_usage(
    TenantDb(pool): TenantDb,
    Path(customer_id): Path<Uuid>,
    Json(new): Json<NewUsage>,
) -> Result<Json<UsagePayload>, ApiError> {
    let row = queries::add_usage(&pool, customer_id, new.day, &new.meter, new.quantity).await?;
    Ok(Json(row.into()))
}
