//! What the services share: one pool per tenant, and errors as responses.

mod error;
mod tenants;

pub use error::ApiError;
pub use tenants::{TenantDb, Tenants, tenant_urls};

/// The address a service listens on, from `LISTEN` or the default.
pub fn listen_address() -> String {
    std::env::var("LISTEN").unwrap_or_else(|_| "0.0.0.0:8080".to_owned())
}
