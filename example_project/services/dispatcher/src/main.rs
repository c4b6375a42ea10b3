//! Hands queued notifications to the egress proxy: one tenant after the other, twice a minute.

mod models;
mod proxy;
mod queries;
mod schema;

use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection};

use crate::models::NewDelivery;

const PAUSE: Duration = Duration::from_secs(30);
const AT_ONCE: i64 = 200;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::var("EGRESS_PROXY").unwrap_or_else(|_| "egress:8025".to_owned());
    let tenants = platform::tenant_urls()?;
    loop {
        for (name, url) in &tenants {
            if let Err(error) = dispatch(name, url, &address).await {
                eprintln!("{name}: {error}");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn dispatch(name: &str, url: &str, address: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = AsyncPgConnection::establish(url).await?;
    for (notification, channel) in queries::due(&mut connection, AT_ONCE).await? {
        let (status_code, answer) = match proxy::hand_over(address, &channel, &notification).await {
            Ok((status, text)) => (Some(status), text),
            Err(error) => (None, error.to_string()),
        };
        let delivery = NewDelivery {
            notification_id: notification.id,
            status_code,
            answer: Some(&answer),
        };
        let kept = queries::record(&mut connection, &delivery).await?;
        let delivered = kept.status_code.is_some_and(|status| status < 300);
        queries::mark(&mut connection, kept.notification_id, delivered).await?;
        if !delivered {
            eprintln!(
                "{name}: delivery {} failed at {}: {}",
                kept.id,
                kept.attempted_at,
                kept.answer.unwrap_or_default()
            );
        }
    }
    for waiting in queries::backlog(&mut connection).await? {
        println!(
            "{name}: {} {} wait, the oldest since {}",
            waiting.waiting, waiting.kind, waiting.oldest
        );
    }
    Ok(())
}
