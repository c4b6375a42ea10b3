"""PostgreSQL's own functions and operators that give no NULL by themselves: NULL comes out only if NULL goes in.

Only names that are known not to are here; every other function is *not known*. Absent on purpose, because each gives
NULL for some arguments that are not: ``->``, ``->>``, ``#>``, ``substring`` by a pattern, ``regexp_match``,
``array_length`` (empty arrays), ``array_position``, ``to_char`` (infinity), ``jsonb_path_match``, the casts from json
(its null), functions of geometric types.
"""

from __future__ import annotations


def names(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


OPERATORS = names(
    """
    + - * / % ^ = <> < > <= >= || ~~ !~~ ~~* !~~* ~ !~ ~* !~* ^@ && @> <@ & | << >> >>= <<= -|- &< &> ? ?| ?& #- @
    |/ ||/ !!
    """
)
FUNCTIONS = names(
    """
    abs acos acosd age array_to_json array_to_string ascii asin atan atan2 bit bit_count bit_length bool bpchar
    btrim cardinality cbrt ceil ceiling char_length character_length chr convert_from convert_to cos date date_bin
    date_trunc decode degrees div encode exp factorial family float4 float8 floor gcd get_bit get_byte hashtext
    hashtextextended host initcap int2 int4 int8 interval isempty isfinite json_array_length json_strip_nulls
    json_typeof jsonb_array_length jsonb_insert jsonb_pretty jsonb_set jsonb_strip_nulls jsonb_typeof justify_days
    justify_hours justify_interval lcm left length ln log log10 lower lower_inc lower_inf lpad ltrim make_date
    make_interval make_time make_timestamp make_timestamptz masklen md5 mod name network normalize numeric numrange
    octet_length overlay parse_ident phraseto_tsquery plainto_tsquery position pow power quote_ident quote_literal
    radians regclass regexp_count regexp_instr regexp_like regexp_replace regexp_split_to_array repeat replace
    reverse right round row_to_json rpad rtrim set_bit set_byte sha224 sha256 sha384 sha512 sign similar_to_escape
    sin split_part sqrt starts_with strip strpos substr substring tan text time timestamp timestamptz timezone
    to_date to_hex to_json to_jsonb to_timestamp to_tsquery to_tsvector translate trim_array trim_scale trunc
    ts_headline ts_rank ts_rank_cd upper upper_inc upper_inf varbit varchar websearch_to_tsquery width_bucket
    """
)
# `lower` and `upper` of a range are NULL for an empty or endless one; their names are those of text functions.
RANGE_BOUNDS = frozenset({"range_lower", "range_upper", "multirange_lower", "multirange_upper"})
# `substring` by place; by a pattern it is NULL where nothing matches.
PARTS = frozenset({"substring", "substr"})
PARTS_BY_PLACE = names("text_substr text_substr_no_len bytea_substr bytea_substr_no_len bitsubstr bitsubstr_no_len")
FROM_JSON = names("bool float4 float8 int2 int4 int8 numeric")  # casts, which turn JSON's null into NULL
# Without arguments that matter, or not strict and never NULL.
VALUES = names(
    """
    now clock_timestamp statement_timestamp transaction_timestamp random gen_random_uuid uuidv4
    uuidv7 version pi current_database timeofday txid_current pg_backend_pid nextval currval lastval
    pg_current_xact_id concat json_build_array json_build_object jsonb_build_array jsonb_build_object array_append
    array_prepend num_nulls num_nonnulls pg_advisory_xact_lock pg_advisory_lock pg_advisory_xact_lock_shared
    pg_try_advisory_xact_lock pg_try_advisory_lock pg_advisory_unlock pg_notify pg_sleep
    """
)
BY_FIRST = frozenset({"concat_ws", "format", "array_remove", "array_replace", "string_to_array"})
SET_ELEMENTS = names(
    """
    generate_series generate_subscripts json_array_elements jsonb_array_elements json_object_keys jsonb_object_keys
    regexp_split_to_table
    """
)
EXTRACTED = names("epoch year decade century millennium millenium julian isoyear")
EXTRACT = frozenset({"extract", "date_part"})
