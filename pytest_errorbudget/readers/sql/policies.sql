select polrelid, polname, polcmd::text, polpermissive, polqual::text, polwithcheck::text
from pg_catalog.pg_policy
where polrelid = any(%(relations)s)
