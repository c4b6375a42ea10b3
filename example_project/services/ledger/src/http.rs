use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use platform::{ApiError, TenantDb};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::models::{AccountRow, BalanceRow, EntryRow};
use crate::queries;

#[derive(Debug, Serialize)]
pub struct AccountPayload {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub archived: bool,
}

impl From<AccountRow> for AccountPayload {
    fn from(row: AccountRow) -> Self {
        Self {
            id: row.id,
            code: row.code,
            name: row.name,
            kind: row.kind,
            archived: row.archived,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct EntryPayload {
    pub id: i64,
    pub account_id: Uuid,
    pub payment_id: Option<Uuid>,
    pub amount_cents: i64,
    pub memo: Option<String>,
    pub booked_at: DateTime<Utc>,
}

impl From<EntryRow> for EntryPayload {
    fn from(row: EntryRow) -> Self {
        Self {
            id: row.id,
            account_id: row.account_id,
            payment_id: row.payment_id,
            amount_cents: row.amount_cents,
            memo: row.memo,
            booked_at: row.booked_at,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct BalancePayload {
    pub code: String,
    pub balance_cents: i64,
}

impl From<BalanceRow> for BalancePayload {
    fn from(row: BalanceRow) -> Self {
        Self {
            code: row.code,
            balance_cents: row.balance_cents,
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct Page {
    pub limit: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct NewEntry {
    pub payment_id: Option<Uuid>,
    pub amount_cents: i64,
    pub memo: Option<String>,
}

pub async fn list_accounts(TenantDb(pool): TenantDb) -> Result<Json<Vec<AccountPayload>>, ApiError> {
    let rows = queries::list_accounts(&pool).await?;
    Ok(Json(rows.into_iter().map(AccountPayload::from).collect()))
}

pub async fn list_entries(
    TenantDb(pool): TenantDb,
    Path(account_id): Path<Uuid>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<EntryPayload>>, ApiError> {
    let rows = queries::list_entries(&pool, account_id, page.limit.unwrap_or(100)).await?;
    Ok(Json(rows.into_iter().map(EntryPayload::from).collect()))
}

pub async fn book_entry(
    TenantDb(pool): TenantDb,
    Path(account_id): Path<Uuid>,
    Json(new): Json<NewEntry>,
) -> Result<(StatusCode, Json<EntryPayload>), ApiError> {
    let row = queries::book_entry(
        &pool,
        account_id,
        new.payment_id,
        new.amount_cents,
        new.memo.as_deref(),
    )
    .await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

pub async fn balances(TenantDb(pool): TenantDb) -> Result<Json<Vec<BalancePayload>>, ApiError> {
    let rows = queries::balances(&pool).await?;
    Ok(Json(rows.into_iter().map(BalancePayload::from).collect()))
}
