use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, sqlx::Type)]
#[serde(rename_all = "lowercase")]
#[sqlx(type_name = "invoice_state", rename_all = "lowercase")]
pub enum InvoiceState {
    Draft,
    Open,
    Paid,
    Void,
}

#[derive(Debug, sqlx::FromRow)]
pub struct InvoiceRow {
    pub id: i64,
    pub customer_id: Uuid,
    pub number: String,
    pub state: InvoiceState,
    pub currency: String,
    pub amount_cents: i64,
    pub issued_at: Option<DateTime<Utc>>,
    pub due_on: Option<NaiveDate>,
}

#[derive(Debug, sqlx::FromRow)]
pub struct InvoiceLineRow {
    pub line_no: i32,
    pub description: String,
    pub quantity: i32,
    pub unit_cents: i32,
}

#[derive(Debug, sqlx::FromRow)]
pub struct PaymentRow {
    pub id: Uuid,
    pub invoice_id: i64,
    pub amount_cents: i64,
    pub method: String,
    pub reference: Option<String>,
    pub received_at: DateTime<Utc>,
}

#[derive(Debug, sqlx::FromRow)]
pub struct RefundRow {
    pub id: Uuid,
    pub payment_id: Uuid,
    pub amount_cents: i64,
    pub reason: Option<String>,
}
