use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

#[derive(Debug, sqlx::FromRow)]
pub struct EventRow {
    pub event_id: Uuid,
    pub occurred_at: DateTime<Utc>,
    pub service: String,
    pub route: String,
    pub status: i32,
    pub latency_ms: i32,
    pub error_code: Option<String>,
}

#[derive(Debug, sqlx::FromRow)]
pub struct UsageRow {
    pub day: NaiveDate,
    pub meter: String,
    pub quantity: i64,
}
