use chrono::{DateTime, Utc};
use uuid::Uuid;

#[derive(Debug, sqlx::FromRow)]
pub struct AccountRow {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub archived: bool,
}

#[derive(Debug, sqlx::FromRow)]
pub struct EntryRow {
    pub id: i64,
    pub account_id: Uuid,
    pub payment_id: Option<Uuid>,
    pub amount_cents: i64,
    pub memo: Option<String>,
    pub booked_at: DateTime<Utc>,
}

#[derive(Debug, sqlx::FromRow)]
pub struct BalanceRow {
    pub code: String,
    pub balance_cents: i64,
}
