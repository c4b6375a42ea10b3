use axum::Json;
use axum::extract::{Path, Query};
use chrono::{DateTime, NaiveDate, Utc};
use platform::{ApiError, TenantDb};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::models::{InvoiceLineRow, InvoiceRow, InvoiceState, PaymentRow, RefundRow};
use crate::queries;

/// An invoice as both versions of the API show it.
#[derive(Debug, Serialize)]
pub struct InvoicePayload {
    pub id: i64,
    pub customer_id: Uuid,
    pub number: String,
    pub state: InvoiceState,
    pub currency: String,
    #[deprecated(since = "4.0.0", note = "clients of v1 still read it; use `amount_cents`")]
    pub amount: i32,
    pub amount_cents: i64,
    pub issued_at: Option<DateTime<Utc>>,
    pub due_on: Option<NaiveDate>,
}

#[expect(deprecated, reason = "v1 needs the field until its last client is gone")]
impl From<InvoiceRow> for InvoicePayload {
    fn from(row: InvoiceRow) -> Self {
        Self {
            id: row.id,
            customer_id: row.customer_id,
            number: row.number,
            state: row.state,
            currency: row.currency,
            amount: row.amount_cents as i32,
            amount_cents: row.amount_cents,
            issued_at: row.issued_at,
            due_on: row.due_on,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct InvoiceLinePayload {
    pub line_no: i32,
    pub description: String,
    pub quantity: i32,
    pub unit_cents: i32,
}

impl From<InvoiceLineRow> for InvoiceLinePayload {
    fn from(row: InvoiceLineRow) -> Self {
        Self {
            line_no: row.line_no,
            description: row.description,
            quantity: row.quantity,
            unit_cents: row.unit_cents,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct InvoiceDetail {
    #[serde(flatten)]
    pub invoice: InvoicePayload,
    pub lines: Vec<InvoiceLinePayload>,
}

#[derive(Debug, Serialize)]
pub struct PaymentPayload {
    pub id: Uuid,
    pub invoice_id: i64,
    pub amount_cents: i64,
    pub method: String,
    pub reference: Option<String>,
    pub received_at: DateTime<Utc>,
}

impl From<PaymentRow> for PaymentPayload {
    fn from(row: PaymentRow) -> Self {
        Self {
            id: row.id,
            invoice_id: row.invoice_id,
            amount_cents: row.amount_cents,
            method: row.method,
            reference: row.reference,
            received_at: row.received_at,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct RefundPayload {
    pub id: Uuid,
    pub payment_id: Uuid,
    pub amount_cents: i64,
    pub reason: Option<String>,
}

impl From<RefundRow> for RefundPayload {
    fn from(row: RefundRow) -> Self {
        Self {
            id: row.id,
            payment_id: row.payment_id,
            amount_cents: row.amount_cents,
            reason: row.reason,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct BalancePayload {
    pub open_cents: i64,
}

#[derive(Debug, Deserialize)]
pub struct InvoiceFilter {
    pub customer_id: Uuid,
    pub limit: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct NewInvoice {
    pub customer_id: Uuid,
    pub number: String,
    pub amount_cents: i64,
    pub due_on: Option<NaiveDate>,
}

#[derive(Debug, Deserialize)]
pub struct NewPayment {
    pub amount_cents: i64,
    pub method: String,
    pub reference: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct NewRefund {
    pub amount_cents: i64,
    pub reason: Option<String>,
}

pub async fn list_invoices(
    TenantDb(pool): TenantDb,
    Query(filter): Query<InvoiceFilter>,
) -> Result<Json<Vec<InvoicePayload>>, ApiError> {
    let rows = queries::list_invoices(&pool, filter.customer_id, filter.limit.unwrap_or(50)).await?;
    Ok(Json(rows.into_iter().map(InvoicePayload::from).collect()))
}

pub async fn get_invoice(
    TenantDb(pool): TenantDb,
    Path(id): Path<i64>,
) -> Result<Json<InvoiceDetail>, ApiError> {
    let invoice = queries::find_invoice(&pool, id).await?;
    let lines = queries::list_lines(&pool, id).await?;
    Ok(Json(InvoiceDetail {
        invoice: InvoicePayload::from(invoice),
        lines: lines.into_iter().map(InvoiceLinePayload::from).collect(),
    }))
}

pub async fn create_invoice(
    TenantDb(pool): TenantDb,
    Json(new): Json<NewInvoice>,
) -> Result<Json<InvoicePayload>, ApiError> {
    let row =
        queries::create_invoice(&pool, new.customer_id, &new.number, new.amount_cents, new.due_on).await?;
    Ok(Json(row.into()))
}

pub async fn list_payments(
    TenantDb(pool): TenantDb,
    Path(invoice_id): Path<i64>,
) -> Result<Json<Vec<PaymentPayload>>, ApiError> {
    let rows = queries::list_payments(&pool, invoice_id).await?;
    Ok(Json(rows.into_iter().map(PaymentPayload::from).collect()))
}

pub async fn record_payment(
    TenantDb(pool): TenantDb,
    Path(invoice_id): Path<i64>,
    Json(new): Json<NewPayment>,
) -> Result<Json<PaymentPayload>, ApiError> {
    let row = queries::record_payment(
        &pool,
        invoice_id,
        new.amount_cents,
        &new.method,
        new.reference.as_deref(),
    )
    .await?;
    Ok(Json(row.into()))
}

pub async fn refund_payment(
    TenantDb(pool): TenantDb,
    Path(payment_id): Path<Uuid>,
    Json(new): Json<NewRefund>,
) -> Result<Json<RefundPayload>, ApiError> {
    let row = queries::refund_payment(&pool, payment_id, new.amount_cents, new.reason.as_deref()).await?;
    Ok(Json(row.into()))
}

pub async fn open_balance(
    TenantDb(pool): TenantDb,
    Path(customer_id): Path<Uuid>,
) -> Result<Json<BalancePayload>, ApiError> {
    let open_cents = queries::open_balance(&pool, customer_id).await?;
    Ok(Json(BalancePayload { open_cents }))
}
