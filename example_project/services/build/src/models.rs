use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

#[derive(Debug, sqlx::FromRow)]
pub struct StatementRow {
    pub id: Uuid,
    pub customer_id: Uuid,
    pub period_start: NaiveDate,
    pub period_end: NaiveDate,
    pub pages: i32,
}

#[derive(Debug, sqlx::FromRow)]
pub struct BuildRow {
    pub id: i64,
    pub statement_id: Uuid,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub duration_seconds: Option<f64>,
    pub outcome: Option<String>,
}
