//! `invoices.amount_cents` is being widened to `bigint`, tenant by tenant: every query casts it, so that the rows
//! are the same before and after.

use chrono::NaiveDate;
use sqlx::PgPool;
use uuid::Uuid;

use crate::models::{InvoiceLineRow, InvoiceRow, PaymentRow, RefundRow};

pub async fn list_invoices(pool: &PgPool, customer_id: Uuid, limit: i64) -> sqlx::Result<Vec<InvoiceRow>> {
    sqlx::query_as::<_, InvoiceRow>(
        r#"
        select id, customer_id, number, state, currency, amount_cents::bigint as amount_cents, issued_at, due_on
        from invoices
        where customer_id = $1
        order by created_at desc
        limit $2
        "#,
    )
    .bind(customer_id)
    .bind(limit)
    .fetch_all(pool)
    .await
}

pub async fn find_invoice(pool: &PgPool, id: i64) -> sqlx::Result<InvoiceRow> {
    sqlx::query_as::<_, InvoiceRow>(
        r#"
        select id, customer_id, number, state, currency, amount_cents::bigint as amount_cents, issued_at, due_on
        from invoices
        where id = $1
        "#,
    )
    .bind(id)
    .fetch_one(pool)
    .await
}

pub async fn create_invoice(
    pool: &PgPool,
    customer_id: Uuid,
    number: &str,
    amount_cents: i64,
    due_on: Option<NaiveDate>,
) -> sqlx::Result<InvoiceRow> {
    sqlx::query_as::<_, InvoiceRow>(
        r#"
        insert into invoices (customer_id, number, amount_cents, due_on)
        values ($1, $2, $3::bigint, $4)
        returning id, customer_id, number, state, currency, amount_cents::bigint as amount_cents, issued_at, due_on
        "#,
    )
    .bind(customer_id)
    .bind(number)
    .bind(amount_cents)
    .bind(due_on)
    .fetch_one(pool)
    .await
}

pub async fn list_lines(pool: &PgPool, invoice_id: i64) -> sqlx::Result<Vec<InvoiceLineRow>> {
    sqlx::query_as!(
        InvoiceLineRow,
        "select line_no, description, quantity, unit_cents from invoice_lines where invoice_id = $1 order by line_no",
        invoice_id
    )
    .fetch_all(pool)
    .await
}

pub async fn list_payments(pool: &PgPool, invoice_id: i64) -> sqlx::Result<Vec<PaymentRow>> {
    sqlx::query_as!(
        PaymentRow,
        r#"
        select id, invoice_id, amount_cents, method, reference, received_at
        from payments
        where invoice_id = $1
        order by received_at
        "#,
        invoice_id
    )
    .fetch_all(pool)
    .await
}

pub async fn record_payment(
    pool: &PgPool,
    invoice_id: i64,
    amount_cents: i64,
    method: &str,
    reference: Option<&str>,
) -> sqlx::Result<PaymentRow> {
    sqlx::query_as::<_, PaymentRow>(
        r#"
        insert into payments (invoice_id, amount_cents, method, reference)
        values ($1, $2, $3, $4)
        returning id, invoice_id, amount_cents, method, reference, received_at
        "#,
    )
    .bind(invoice_id)
    .bind(amount_cents)
    .bind(method)
    .bind(reference)
    .fetch_one(pool)
    .await
}

pub async fn refund_payment(
    pool: &PgPool,
    payment_id: Uuid,
    amount_cents: i64,
    reason: Option<&str>,
) -> sqlx::Result<RefundRow> {
    sqlx::query_as::<_, RefundRow>(
        r#"
        insert into refunds (payment_id, amount_cents, reason)
        values ($1, $2, $3)
        returning id, payment_id, amount_cents, reason
        "#,
    )
    .bind(payment_id)
    .bind(amount_cents)
    .bind(reason)
    .fetch_one(pool)
    .await
}

pub async fn open_balance(pool: &PgPool, customer_id: Uuid) -> sqlx::Result<i64> {
    sqlx::query_scalar::<_, i64>(
        "select coalesce(sum(amount_cents), 0)::bigint from invoices where customer_id = $1 and state = 'open'",
    )
    .bind(customer_id)
    .fetch_one(pool)
    .await
}
