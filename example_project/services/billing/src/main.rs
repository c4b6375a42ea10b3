//! Invoices, payments and refunds.

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
        .route("/invoices", get(http::list_invoices).post(http::create_invoice))
        .route("/invoices/{id}", get(http::get_invoice))
        .route(
            "/invoices/{id}/payments",
            get(http::list_payments).post(http::record_payment),
        )
        .route("/payments/{id}/refunds", post(http::refund_payment))
        .route("/customers/{id}/balance", get(http::open_balance))
        .with_state(tenants)
}
