-- Stand-in for pgcrypto: the signatures of the real extension, so that migrations and queries that name its functions
-- replay and prepare. It protects nothing: hashes and ciphers give some value of the right type,
-- so that a migration that seeds a password hash still runs. Never install it where the values matter.

create function digest(text, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function digest(bytea, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function hmac(text, text, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function hmac(bytea, bytea, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function crypt(text, text) returns text
    language sql immutable strict parallel safe
    as $$ select pg_catalog.md5($1::text) $$;

create function gen_salt(text) returns text
    language sql volatile strict parallel safe
    as $$ select pg_catalog.md5($1::text) $$;

create function gen_salt(text, int4) returns text
    language sql volatile strict parallel safe
    as $$ select pg_catalog.md5($1::text) $$;

create function encrypt(bytea, bytea, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function decrypt(bytea, bytea, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function encrypt_iv(bytea, bytea, bytea, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function decrypt_iv(bytea, bytea, bytea, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function gen_random_bytes(int4) returns bytea
    language sql volatile strict parallel safe
    as $$ select pg_catalog.substr(pg_catalog.decode(pg_catalog.repeat(pg_catalog.replace(pg_catalog.gen_random_uuid()::text, '-', ''), ($1 + 15) / 16), 'hex'), 1, $1) $$;

create function gen_random_uuid() returns uuid
    language sql volatile parallel safe
    as $$ select pg_catalog.gen_random_uuid() $$;

create function pgp_sym_encrypt(text, text) returns bytea
    language sql strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_sym_encrypt_bytea(bytea, text) returns bytea
    language sql strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_sym_encrypt(text, text, text) returns bytea
    language sql strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_sym_encrypt_bytea(bytea, text, text) returns bytea
    language sql strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_sym_decrypt(bytea, text) returns text
    language sql immutable strict parallel safe
    as $$ select pg_catalog.md5($1::text) $$;

create function pgp_sym_decrypt_bytea(bytea, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_sym_decrypt(bytea, text, text) returns text
    language sql immutable strict parallel safe
    as $$ select pg_catalog.md5($1::text) $$;

create function pgp_sym_decrypt_bytea(bytea, text, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_pub_encrypt(text, bytea) returns bytea
    language sql strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_pub_encrypt_bytea(bytea, bytea) returns bytea
    language sql strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_pub_encrypt(text, bytea, text) returns bytea
    language sql strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_pub_encrypt_bytea(bytea, bytea, text) returns bytea
    language sql strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_pub_decrypt(bytea, bytea) returns text
    language sql immutable strict parallel safe
    as $$ select pg_catalog.md5($1::text) $$;

create function pgp_pub_decrypt_bytea(bytea, bytea) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_pub_decrypt(bytea, bytea, text) returns text
    language sql immutable strict parallel safe
    as $$ select pg_catalog.md5($1::text) $$;

create function pgp_pub_decrypt_bytea(bytea, bytea, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_pub_decrypt(bytea, bytea, text, text) returns text
    language sql immutable strict parallel safe
    as $$ select pg_catalog.md5($1::text) $$;

create function pgp_pub_decrypt_bytea(bytea, bytea, text, text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_key_id(bytea) returns text
    language sql immutable strict parallel safe
    as $$ select pg_catalog.md5($1::text) $$;

create function armor(bytea) returns text
    language sql immutable strict parallel safe
    as $$ select pg_catalog.md5($1::text) $$;

create function armor(bytea, text[], text[]) returns text
    language sql immutable strict parallel safe
    as $$ select pg_catalog.md5($1::text) $$;

create function dearmor(text) returns bytea
    language sql immutable strict parallel safe
    as $$ select pg_catalog.sha256(pg_catalog.convert_to($1::text, 'UTF8')) $$;

create function pgp_armor_headers(text, key OUT text, value OUT text) returns setof record
    language sql immutable strict parallel safe
    as $$ select null::text, null::text where false $$;

create function fips_mode() returns bool
    language sql volatile strict parallel safe
    as $$ select false $$;

