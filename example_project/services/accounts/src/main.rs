//! Customers and their API keys.

mod http;
mod models;
mod queries;

use axum::Router;
use axum::routing::{delete, get};
use platform::Tenants;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind(platform::listen_address()).await?;
    axum::serve(listener, router(Tenants::from_env()?)).await?;
    Ok(())
}

fn router(tenants: Tenants) -> Router {
    Router::new()
        .route(
            "/customers",
            get(http::list_customers).post(http::create_customer),
        )
        .route("/customers/{id}", get(http::get_customer))
        .route("/customers/{id}/keys", get(http::list_api_keys))
        .route("/keys/{id}", delete(http::revoke_api_key))
        .with_state(tenants)
}
