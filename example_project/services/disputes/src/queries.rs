use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter, QueryOrder, Set, Statement,
};
use uuid::Uuid;

use crate::dispute::{Column, DisputeState, Entity, Model};

#[derive(Debug, FromQueryResult)]
pub struct ReasonTotal {
    pub reason: String,
    pub disputes: i64,
    pub amount_cents: i64,
    pub last_closed_at: Option<DateTime<Utc>>,
}

pub async fn of_payment(db: &DatabaseConnection, payment_id: Uuid) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PaymentId.eq(payment_id))
        .order_by_asc(Column::OpenedAt)
        .all(db)
        .await
}

/// Closes a dispute; `None` where there is none with this id.
pub async fn close(db: &DatabaseConnection, id: Uuid, state: DisputeState) -> Result<Option<Model>, DbErr> {
    let Some(found) = Entity::find_by_id(id).one(db).await? else {
        return Ok(None);
    };
    let mut dispute = found.into_active_model();
    dispute.state = Set(state);
    dispute.closed_at = Set(Some(Utc::now()));
    dispute.update(db).await.map(Some)
}

/// Disputes since a day, by the bank's reason.
pub async fn by_reason(db: &DatabaseConnection, since: DateTime<Utc>) -> Result<Vec<ReasonTotal>, DbErr> {
    ReasonTotal::find_by_statement(Statement::from_sql_and_values(
        DbBackend::Postgres,
        r#"
        select reason, count(*) as disputes, coalesce(sum(amount_cents), 0)::bigint as amount_cents,
            max(closed_at) as last_closed_at
        from disputes
        where opened_at >= $1
        group by reason
        order by reason
        "#,
        [since.into()],
    ))
    .all(db)
    .await
}
