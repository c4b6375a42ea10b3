use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use platform::TenantDb;
use sea_orm::{DbErr, SqlxPostgresConnector};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::dispute::{DisputeState, Model};
use crate::queries::{self, ReasonTotal};

/// Why a request got no answer. The details of database errors stay in the log.
#[derive(Debug)]
pub enum Refusal {
    NotFound,
    Database(DbErr),
}

impl From<DbErr> for Refusal {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND.into_response(),
            Self::Database(error) => {
                eprintln!("database: {error}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

#[derive(Debug, Serialize)]
pub struct DisputePayload {
    pub id: Uuid,
    pub payment_id: Uuid,
    pub state: DisputeState,
    pub reason: String,
    pub amount_cents: i64,
    pub opened_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
}

impl From<Model> for DisputePayload {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            payment_id: row.payment_id,
            state: row.state,
            reason: row.reason,
            amount_cents: row.amount_cents,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct ReasonPayload {
    pub reason: String,
    pub disputes: i64,
    pub amount_cents: i64,
    pub last_closed_at: Option<DateTime<Utc>>,
}

impl From<ReasonTotal> for ReasonPayload {
    fn from(row: ReasonTotal) -> Self {
        Self {
            reason: row.reason,
            disputes: row.disputes,
            amount_cents: row.amount_cents,
            last_closed_at: row.last_closed_at,
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct Since {
    pub since: DateTime<Utc>,
}

#[derive(Debug, Deserialize)]
pub struct Outcome {
    pub won: bool,
}

pub async fn list_disputes(
    TenantDb(pool): TenantDb,
    Path(payment_id): Path<Uuid>,
) -> Result<Json<Vec<DisputePayload>>, Refusal> {
    let db = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    let rows = queries::of_payment(&db, payment_id).await?;
    Ok(Json(rows.into_iter().map(DisputePayload::from).collect()))
}

pub async fn close_dispute(
    TenantDb(pool): TenantDb,
    Path(id): Path<Uuid>,
    Json(outcome): Json<Outcome>,
) -> Result<Json<DisputePayload>, Refusal> {
    let db = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    let state = if outcome.won {
        DisputeState::Won
    } else {
        DisputeState::Lost
    };
    let row = queries::close(&db, id, state).await?.ok_or(Refusal::NotFound)?;
    Ok(Json(row.into()))
}

pub async fn reasons(
    TenantDb(pool): TenantDb,
    Query(asked): Query<Since>,
) -> Result<Json<Vec<ReasonPayload>>, Refusal> {
    let db = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
    let rows = queries::by_reason(&db, asked.since).await?;
    Ok(Json(rows.into_iter().map(ReasonPayload::from).collect()))
}
