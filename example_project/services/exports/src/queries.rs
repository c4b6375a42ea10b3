use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use postgres_types::FromSql;
use tokio_postgres::{Client, Error};
use uuid::Uuid;

#[derive(Debug, Clone, Copy, PartialEq, Eq, FromSql)]
#[postgres(name = "invoice_state", rename_all = "lowercase")]
pub enum InvoiceState {
    Draft,
    Open,
    Paid,
    Void,
}

impl fmt::Display for InvoiceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Void => "void",
        })
    }
}

#[derive(Debug)]
pub struct InvoiceRecord {
    pub number: String,
    pub state: InvoiceState,
    pub currency: String,
    pub amount_cents: i64,
    pub due_on: Option<NaiveDate>,
}

#[derive(Debug)]
pub struct PaymentRecord {
    pub id: Uuid,
    pub number: String,
    pub amount_cents: i64,
    pub reference: Option<String>,
    pub received_at: DateTime<Utc>,
}

pub async fn invoices(client: &Client, customer_id: Uuid) -> Result<Vec<InvoiceRecord>, Error> {
    let rows = client
        .query(
            "select number, state, currency, amount_cents::bigint as amount_cents, due_on
             from invoices
             where customer_id = $1
             order by number",
            &[&customer_id],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| InvoiceRecord {
            number: row.get("number"),
            state: row.get("state"),
            currency: row.get("currency"),
            amount_cents: row.get("amount_cents"),
            due_on: row.get("due_on"),
        })
        .collect())
}

pub async fn payments(client: &Client, customer_id: Uuid) -> Result<Vec<PaymentRecord>, Error> {
    let statement = client
        .prepare(
            "select p.id, i.number, p.amount_cents, p.reference, p.received_at
             from payments p
             join invoices i on i.id = p.invoice_id
             where i.customer_id = $1
             order by p.received_at",
        )
        .await?;
    let mut found = Vec::new();
    for row in client.query(&statement, &[&customer_id]).await? {
        found.push(PaymentRecord {
            id: row.get(0),
            number: row.get(1),
            amount_cents: row.get(2),
            reference: row.get(3),
            received_at: row.get(4),
        });
    }
    Ok(found)
}

/// How many invoices a customer has, and when the last one was issued.
pub async fn summary(client: &Client, customer_id: Uuid) -> Result<(i64, Option<DateTime<Utc>>), Error> {
    let row = client
        .query_one(
            "select count(*), max(issued_at) from invoices where customer_id = $1",
            &[&customer_id],
        )
        .await?;
    Ok((row.get::<_, i64>(0), row.get::<_, Option<DateTime<Utc>>>(1)))
}
