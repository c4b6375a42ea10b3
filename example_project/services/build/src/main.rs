//! Builds monthly statements, and reports on the builds.

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
        .route("/customers/{id}/statements", get(http::list_statements))
        .route(
            "/statements/{id}/builds",
            get(http::list_builds).post(http::start_build),
        )
        .route("/builds/{id}/finish", post(http::finish_build))
        .with_state(tenants)
}
