-- Operator classes that an index has only where its definition names them.
select oid, opcname from pg_catalog.pg_opclass where not opcdefault
