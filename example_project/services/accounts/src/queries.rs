use sqlx::PgPool;
use uuid::Uuid;

use crate::models::{ApiKeyRow, CustomerRow};

pub async fn list_customers(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<CustomerRow>> {
    sqlx::query_as::<_, CustomerRow>(
        "select id, name, email, country, created_at from customers order by name limit $1",
    )
    .bind(limit)
    .fetch_all(pool)
    .await
}

pub async fn find_customer(pool: &PgPool, id: Uuid) -> sqlx::Result<CustomerRow> {
    sqlx::query_as::<_, CustomerRow>(
        "select id, name, email, country, created_at from customers where id = $1",
    )
    .bind(id)
    .fetch_one(pool)
    .await
}

pub async fn create_customer(
    pool: &PgPool,
    name: &str,
    email: &str,
    country: Option<&str>,
) -> sqlx::Result<CustomerRow> {
    sqlx::query_as::<_, CustomerRow>(
        r#"
        insert into customers (name, email, country)
        values ($1, $2, $3)
        returning id, name, email, country, created_at
        "#,
    )
    .bind(name)
    .bind(email)
    .bind(country)
    .fetch_one(pool)
    .await
}

pub async fn list_api_keys(pool: &PgPool, customer_id: Uuid) -> sqlx::Result<Vec<ApiKeyRow>> {
    sqlx::query_as!(
        ApiKeyRow,
        r#"
        select id, prefix, scopes, last_used_at, created_at
        from api_keys
        where customer_id = $1 and revoked_at is null
        order by created_at
        "#,
        customer_id
    )
    .fetch_all(pool)
    .await
}

pub async fn count_active_keys(pool: &PgPool, customer_id: Uuid) -> sqlx::Result<i64> {
    sqlx::query_scalar::<_, i64>("select count(*) from active_api_keys where customer_id = $1")
        .bind(customer_id)
        .fetch_one(pool)
        .await
}

/// Whether there was such a key that still worked.
pub async fn revoke_api_key(pool: &PgPool, id: Uuid) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update api_keys set revoked_at = now() where id = $1 and revoked_at is null",
        id
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}
