//! Payments that a customer's bank has taken back.

mod dispute;
mod http;
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
        .route("/payments/{id}/disputes", get(http::list_disputes))
        .route("/disputes/{id}/close", post(http::close_dispute))
        .route("/disputes/reasons", get(http::reasons))
        .with_state(tenants)
}
