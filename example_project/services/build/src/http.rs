use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, Utc};
use platform::{ApiError, TenantDb};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::models::{BuildRow, StatementRow};
use crate::queries;

#[derive(Debug, Serialize)]
pub struct StatementPayload {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub period_start: NaiveDate,
    pub period_end: NaiveDate,
    pub pages: i32,
}

impl From<StatementRow> for StatementPayload {
    fn from(row: StatementRow) -> Self {
        Self {
            id: row.id,
            customer_id: row.customer_id,
            period_start: row.period_start,
            period_end: row.period_end,
            pages: row.pages,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct BuildPayload {
    pub id: i64,
    pub statement_id: Uuid,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub duration_seconds: Option<f64>,
    pub outcome: Option<String>,
}

impl From<BuildRow> for BuildPayload {
    fn from(row: BuildRow) -> Self {
        Self {
            id: row.id,
            statement_id: row.statement_id,
            started_at: row.started_at,
            finished_at: row.finished_at,
            duration_seconds: row.duration_seconds,
            outcome: row.outcome,
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct Finished {
    pub duration_seconds: f64,
    pub outcome: String,
}

pub async fn list_statements(
    TenantDb(pool): TenantDb,
    Path(customer_id): Path<Uuid>,
) -> Result<Json<Vec<StatementPayload>>, ApiError> {
    let rows = queries::list_statements(&pool, customer_id).await?;
    Ok(Json(rows.into_iter().map(StatementPayload::from).collect()))
}

pub async fn list_builds(
    TenantDb(pool): TenantDb,
    Path(statement_id): Path<Uuid>,
) -> Result<Json<Vec<BuildPayload>>, ApiError> {
    let rows = queries::list_builds(&pool, statement_id).await?;
    Ok(Json(rows.into_iter().map(BuildPayload::from).collect()))
}

pub async fn start_build(
    TenantDb(pool): TenantDb,
    Path(statement_id): Path<Uuid>,
) -> Result<(StatusCode, Json<BuildPayload>), ApiError> {
    let row = queries::start_build(&pool, statement_id).await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

pub async fn finish_build(
    TenantDb(pool): TenantDb,
    Path(id): Path<i64>,
    Json(finished): Json<Finished>,
) -> Result<Json<BuildPayload>, ApiError> {
    let row = queries::finish_build(&pool, id, finished.duration_seconds, &finished.outcome).await?;
    Ok(Json(row.into()))
}
