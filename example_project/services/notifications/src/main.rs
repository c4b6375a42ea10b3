//! Mails and webhooks to customers.

mod http;
mod models;
mod queries;

use axum::Router;
use axum::routing::{get, post};
use platform::Tenants;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind(platform::listen_address()).await?;
    axum::serve(listener, router(Tenants::from_env()?)).await?;
    Ok(())
}

fn router(tenants: Tenants) -> Router {
    Router::new()
        .route("/customers/{id}/channels", get(http::list_channels))
        .route("/channels/{id}/notifications", post(http::queue_notification))
        .route("/notifications/pending", get(http::pending))
        .route("/notifications/{id}/sent", post(http::mark_sent))
        .with_state(tenants)
}
