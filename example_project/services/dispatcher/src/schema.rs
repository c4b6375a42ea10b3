// @generated automatically by Diesel CLI.

diesel::table! {
    deliveries (id) {
        id -> Int8,
        notification_id -> Int8,
        status_code -> Nullable<Int2>,
        answer -> Nullable<Text>,
        attempted_at -> Timestamptz,
    }
}

diesel::table! {
    notification_channels (id) {
        id -> Uuid,
        customer_id -> Uuid,
        kind -> Text,
        target -> Text,
        verified_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    notifications (id) {
        id -> Int8,
        channel_id -> Uuid,
        subject -> Text,
        payload -> Jsonb,
        attempts -> Int2,
        queued_at -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        error -> Nullable<Text>,
    }
}

diesel::joinable!(deliveries -> notifications (notification_id));
diesel::joinable!(notifications -> notification_channels (channel_id));

diesel::allow_tables_to_appear_in_same_query!(deliveries, notification_channels, notifications,);
