"""Functions of PostgreSQL 18 all of whose overloads in ``pg_catalog`` return one type."""

from __future__ import annotations

from pytest_errorbudget.model.pgtype import PgType

# fmt: off
_FIXED_NAMES = {
    "bool": "bool_and bool_or every starts_with jsonb_exists jsonb_path_exists jsonb_path_match pg_try_advisory_lock "
            "has_table_privilege isfinite regexp_like",
    "int4": "array_length array_lower array_ndims array_position array_upper ascii cardinality char_length "
            "character_length json_array_length jsonb_array_length num_nonnulls num_nulls "
            "octet_length pg_backend_pid strpos width_bucket regexp_count regexp_instr ntile",
    "int8": "count dense_rank rank row_number nextval currval setval lastval pg_database_size "
            "pg_relation_size pg_table_size pg_total_relation_size regr_count",
    "float8": "acos asin atan atan2 cbrt corr cos cot covar_pop covar_samp cume_dist date_part degrees percent_rank pi "
              "radians random_normal regr_avgx regr_avgy regr_intercept regr_r2 regr_slope sin tan",
    "float4": "ts_rank ts_rank_cd",
    "numeric": "extract to_number",
    "text": "array_to_string chr concat concat_ws current_setting encode format initcap left lpad md5 obj_description "
            "pg_get_viewdef pg_size_pretty quote_ident quote_nullable regexp_replace regexp_substr repeat replace "
            "right rpad split_part to_char to_hex translate version json_typeof jsonb_typeof json_extract_path_text "
            "jsonb_extract_path_text jsonb_pretty string_to_table regexp_split_to_table "
            "col_description quote_literal",
    "text[]": "regexp_match regexp_matches regexp_split_to_array string_to_array tsvector_to_array",
    "name": "current_user session_user current_role user current_catalog current_schema current_database",
    "uuid": "gen_random_uuid uuidv4 uuidv7",
    "bytea": "decode sha224 sha256 sha384 sha512 convert_to",
    "date": "make_date to_date current_date",
    "timestamp": "make_timestamp localtimestamp",
    "timestamptz": "clock_timestamp current_timestamp make_timestamptz now statement_timestamp to_timestamp "
                   "transaction_timestamp",
    "time": "localtime make_time",
    "timetz": "current_time",
    "interval": "justify_days justify_hours justify_interval make_interval",
    "json": "array_to_json json_agg json_build_array json_build_object json_extract_path json_object_agg "
            "json_strip_nulls row_to_json to_json",
    "jsonb": "jsonb_agg jsonb_build_array jsonb_build_object jsonb_extract_path jsonb_insert jsonb_object "
             "jsonb_object_agg jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_set "
             "jsonb_strip_nulls to_jsonb jsonb_set_lax",
    "tsvector": "array_to_tsvector setweight strip to_tsvector",
    "tsquery": "phraseto_tsquery plainto_tsquery to_tsquery websearch_to_tsquery",
}
# fmt: on


def _type(text: str) -> PgType:
    return PgType(text.removesuffix("[]"), dimensions=1) if text.endswith("[]") else PgType(text)


FIXED = {name: _type(result) for result, names in _FIXED_NAMES.items() for name in names.split()}
