//! Double-entry accounts: what payments mean for the books.

mod http;
mod models;
mod queries;

use axum::Router;
use axum::routing::get;
use platform::Tenants;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind(platform::listen_address()).await?;
    axum::serve(listener, router(Tenants::from_env()?)).await?;
    Ok(())
}

fn router(tenants: Tenants) -> Router {
    Router::new()
        .route("/accounts", get(http::list_accounts))
        .route(
            "/accounts/{id}/entries",
            get(http::list_entries).post(http::book_entry),
        )
        .route("/balances", get(http::balances))
        .with_state(tenants)
}
