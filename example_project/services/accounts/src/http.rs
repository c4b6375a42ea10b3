use axum::Json;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use platform::{ApiError, TenantDb};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::models::{ApiKeyRow, CustomerRow};
use crate::queries;

#[derive(Debug, Serialize)]
pub struct CustomerPayload {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub country: Option<String>,
    pub created_at: DateTime<Utc>,
}

impl From<CustomerRow> for CustomerPayload {
    fn from(row: CustomerRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            country: row.country_code,
            created_at: row.created_at,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct CustomerDetail {
    pub customer: CustomerPayload,
    pub active_keys: i64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyPayload {
    pub id: Uuid,
    pub prefix: String,
    pub scopes: Vec<String>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

impl From<ApiKeyRow> for ApiKeyPayload {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            id: row.id,
            prefix: row.prefix,
            scopes: row.scopes,
            last_used_at: row.last_used_at,
            created_at: row.created_at,
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct Page {
    pub limit: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct NewCustomer {
    pub name: String,
    pub email: String,
    pub country: Option<String>,
}

pub async fn list_customers(
    TenantDb(pool): TenantDb,
    Query(page): Query<Page>,
) -> Result<Json<Vec<CustomerPayload>>, ApiError> {
    let rows = queries::list_customers(&pool, page.limit.unwrap_or(50)).await?;
    Ok(Json(rows.into_iter().map(CustomerPayload::from).collect()))
}

pub async fn get_customer(
    TenantDb(pool): TenantDb,
    Path(id): Path<Uuid>,
) -> Result<Json<CustomerDetail>, ApiError> {
    let row = queries::find_customer(&pool, id).await?;
    let active_keys = queries::count_active_keys(&pool, id).await?;
    Ok(Json(CustomerDetail {
        customer: row.into(),
        active_keys,
    }))
}

pub async fn create_customer(
    TenantDb(pool): TenantDb,
    Json(new): Json<NewCustomer>,
) -> Result<(StatusCode, Json<CustomerPayload>), ApiError> {
    let row = queries::create_customer(&pool, &new.name, &new.email, new.country.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(row.into())))
}

pub async fn list_api_keys(
    TenantDb(pool): TenantDb,
    Path(customer_id): Path<Uuid>,
) -> Result<Json<Vec<ApiKeyPayload>>, ApiError> {
    let rows = queries::list_api_keys(&pool, customer_id).await?;
    Ok(Json(rows.into_iter().map(ApiKeyPayload::from).collect()))
}

pub async fn revoke_api_key(TenantDb(pool): TenantDb, Path(id): Path<Uuid>) -> Result<StatusCode, ApiError> {
    if queries::revoke_api_key(&pool, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound)
    }
}
