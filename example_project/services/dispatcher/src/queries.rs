use diesel::dsl::now;
use diesel::prelude::*;
use diesel::sql_types::SmallInt;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::models::{Backlog, Channel, Delivery, NewDelivery, Notification};
use crate::schema::{deliveries, notification_channels, notifications};

/// A notification is given up after so many attempts.
pub const MAX_ATTEMPTS: i16 = 8;

pub async fn due(
    connection: &mut AsyncPgConnection,
    limit: i64,
) -> QueryResult<Vec<(Notification, Channel)>> {
    notifications::table
        .inner_join(notification_channels::table)
        .filter(notifications::sent_at.is_null())
        .filter(notifications::attempts.lt(MAX_ATTEMPTS))
        .order(notifications::queued_at)
        .limit(limit)
        .select((Notification::as_select(), Channel::as_select()))
        .load(connection)
        .await
}

pub async fn record(connection: &mut AsyncPgConnection, delivery: &NewDelivery<'_>) -> QueryResult<Delivery> {
    diesel::insert_into(deliveries::table)
        .values(delivery)
        .get_result::<Delivery>(connection)
        .await
}

pub async fn mark(connection: &mut AsyncPgConnection, id: i64, delivered: bool) -> QueryResult<usize> {
    let notification = diesel::update(notifications::table.find(id));
    if delivered {
        let values = (
            notifications::sent_at.eq(now),
            notifications::attempts.eq(notifications::attempts + 1),
        );
        notification.set(values).execute(connection).await
    } else {
        notification
            .set(notifications::attempts.eq(notifications::attempts + 1))
            .execute(connection)
            .await
    }
}

/// What still waits, by kind of channel.
pub async fn backlog(connection: &mut AsyncPgConnection) -> QueryResult<Vec<Backlog>> {
    diesel::sql_query(
        r#"
        select c.kind, count(*) as waiting, min(n.queued_at) as oldest
        from notifications n
        join notification_channels c on c.id = n.channel_id
        where n.sent_at is null and n.attempts < $1
        group by c.kind
        order by c.kind
        "#,
    )
    .bind::<SmallInt, _>(MAX_ATTEMPTS)
    .load::<Backlog>(connection)
    .await
}
