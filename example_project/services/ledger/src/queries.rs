use sqlx::PgPool;
use uuid::Uuid;

use crate::models::{AccountRow, BalanceRow, EntryRow};

pub async fn list_accounts(pool: &PgPool) -> sqlx::Result<Vec<AccountRow>> {
    sqlx::query_as!(
        AccountRow,
        "select id, code, name, kind, archived from ledger_accounts where not archived order by code"
    )
    .fetch_all(pool)
    .await
}

pub async fn list_entries(pool: &PgPool, account_id: Uuid, limit: i64) -> sqlx::Result<Vec<EntryRow>> {
    sqlx::query_as::<_, EntryRow>(
        r#"
        select id, account_id, payment_id, amount_cents, memo, booked_at
        from ledger_entries
        where account_id = $1
        order by booked_at desc
        limit $2
        "#,
    )
    .bind(account_id)
    .bind(limit)
    .fetch_all(pool)
    .await
}

pub async fn book_entry(
    pool: &PgPool,
    account_id: Uuid,
    payment_id: Option<Uuid>,
    amount_cents: i64,
    memo: Option<&str>,
) -> sqlx::Result<EntryRow> {
    sqlx::query_as::<_, EntryRow>(
        r#"
        insert into ledger_entries (account_id, payment_id, amount_cents, memo)
        values ($1, $2, $3, $4)
        returning id, account_id, payment_id, amount_cents, memo, booked_at
        "#,
    )
    .bind(account_id)
    .bind(payment_id)
    .bind(amount_cents)
    .bind(memo)
    .fetch_one(pool)
    .await
}

pub async fn balances(pool: &PgPool) -> sqlx::Result<Vec<BalanceRow>> {
    sqlx::query_as::<_, BalanceRow>(
        r#"
        select a.code, coalesce(sum(e.amount_cents), 0)::bigint as balance_cents
        from ledger_accounts a
        left join ledger_entries e on e.account_id = a.id
        where not a.archived
        group by a.code
        order by a.code
        "#,
    )
    .fetch_all(pool)
    .await
}
