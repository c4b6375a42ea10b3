use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::ApiError;

/// Name and schema of every tenant, from `LEDGERLINE_TENANTS` as `name=schema,name=schema`.
///
/// # Errors
///
/// Says that the variable is missing or malformed.
fn listed_tenants() -> Result<Vec<(String, String)>, Box<dyn std::error::Error>> {
    let listed = std::env::var("LEDGERLINE_TENANTS").map_err(|_| "LEDGERLINE_TENANTS is not set")?;
    listed
        .split(',')
        .map(|entry| {
            let (name, schema) = entry
                .split_once('=')
                .ok_or("LEDGERLINE_TENANTS: expected name=schema")?;
            Ok((name.to_owned(), schema.to_owned()))
        })
        .collect()
}

/// Name and connection URL of every tenant, for workers that go through one tenant after the other. The URL sets the
/// tenant's schema as the search path.
///
/// # Errors
///
/// Says which variable is missing or malformed.
pub fn tenant_urls() -> Result<Vec<(String, String)>, Box<dyn std::error::Error>> {
    let url = std::env::var("LEDGERLINE_DATABASE_URL").map_err(|_| "LEDGERLINE_DATABASE_URL is not set")?;
    let mark = if url.contains('?') { '&' } else { '?' };
    let urls = listed_tenants()?
        .into_iter()
        .map(|(name, schema)| (name, format!("{url}{mark}options=-csearch_path%3D{schema}")));
    Ok(urls.collect())
}

/// A pool per tenant. Each has the tenant's schema as its search path for good: a pool that changed it between
/// requests would reuse prepared statements of another tenant.
#[derive(Clone)]
pub struct Tenants {
    pools: Arc<HashMap<String, PgPool>>,
}

impl Tenants {
    /// Reads `LEDGERLINE_DATABASE_URL`, and `LEDGERLINE_TENANTS` as `name=schema,name=schema`.
    ///
    /// # Errors
    ///
    /// Says which variable is missing or malformed.
    pub fn from_env() -> Result<Self, Box<dyn std::error::Error>> {
        let url: PgConnectOptions = std::env::var("LEDGERLINE_DATABASE_URL")
            .map_err(|_| "LEDGERLINE_DATABASE_URL is not set")?
            .parse()?;
        let mut pools = HashMap::new();
        for (name, schema) in listed_tenants()? {
            let options = url.clone().options([("search_path", schema)]);
            pools.insert(name, PgPoolOptions::new().connect_lazy_with(options));
        }
        Ok(Self {
            pools: Arc::new(pools),
        })
    }
}

/// The database of the tenant that the gateway named in `x-tenant`.
pub struct TenantDb(pub PgPool);

impl<S> FromRequestParts<S> for TenantDb
where
    Tenants: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let name = parts
            .headers
            .get("x-tenant")
            .and_then(|value| value.to_str().ok())
            .ok_or(ApiError::UnknownTenant)?;
        let tenants = Tenants::from_ref(state);
        let pool = tenants.pools.get(name).ok_or(ApiError::UnknownTenant)?;
        Ok(Self(pool.clone()))
    }
}
