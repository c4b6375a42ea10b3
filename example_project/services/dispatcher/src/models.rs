use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use uuid::Uuid;

use crate::schema::{deliveries, notification_channels, notifications};

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = notifications, check_for_backend(Pg))]
pub struct Notification {
    pub id: i64,
    pub subject: String,
    pub payload: serde_json::Value,
    pub attempts: i16,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = notification_channels, check_for_backend(Pg))]
pub struct Channel {
    pub customer_id: Uuid,
    pub kind: String,
    pub target: String,
}

/// A whole row, in the order of the table.
#[derive(Debug, Queryable)]
pub struct Delivery {
    pub id: i64,
    pub notification_id: i64,
    pub status_code: Option<i16>,
    pub answer: Option<String>,
    pub attempted_at: DateTime<Utc>,
}

#[derive(Debug, Insertable)]
#[diesel(table_name = deliveries)]
pub struct NewDelivery<'a> {
    pub notification_id: i64,
    pub status_code: Option<i16>,
    pub answer: Option<&'a str>,
}

#[derive(Debug, QueryableByName)]
pub struct Backlog {
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    #[diesel(sql_type = Timestamptz)]
    pub oldest: DateTime<Utc>,
}
