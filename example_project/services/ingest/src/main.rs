//! Request events of the gateways, and the usage metered from them.

mod ffi;
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
        .route("/events", post(http::record_event))
        .route("/events/failures", get(http::recent_failures))
        .route(
            "/customers/{id}/usage",
            get(http::list_usage).post(http::add_usage),
        )
        .with_state(tenants)
}
