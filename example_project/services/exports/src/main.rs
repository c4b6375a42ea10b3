//! Invoices and payments of a customer as CSV, for accountants: `exports <tenant> <customer>`.

mod queries;

use std::fmt::Display;

use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(tenant), Some(customer)) = (arguments.next(), arguments.next()) else {
        return Err("usage: exports <tenant> <customer>".into());
    };
    let url = platform::tenant_urls()?
        .into_iter()
        .find_map(|(name, url)| (name == tenant).then_some(url))
        .ok_or("no such tenant")?;
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
    tokio::spawn(connection);
    export(&client, customer.parse()?).await
}

async fn export(client: &Client, customer: Uuid) -> Result<(), Box<dyn std::error::Error>> {
    let (invoices, last_issued_at) = queries::summary(client, customer).await?;
    println!("invoices,{invoices},{}", or_empty(last_issued_at));
    for invoice in queries::invoices(client, customer).await? {
        println!(
            "invoice,{},{},{},{},{}",
            invoice.number,
            invoice.state,
            invoice.currency,
            invoice.amount_cents,
            or_empty(invoice.due_on)
        );
    }
    for payment in queries::payments(client, customer).await? {
        println!(
            "payment,{},{},{},{},{}",
            payment.id,
            payment.number,
            payment.amount_cents,
            or_empty(payment.reference),
            payment.received_at
        );
    }
    Ok(())
}

fn or_empty(value: Option<impl Display>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
