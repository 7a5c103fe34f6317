CREATE OR REPLACE FUNCTION engine_schema()
RETURNS text
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT (parse_ident($name$@engine@$name$))[1]
$$;

COMMENT ON FUNCTION engine_schema() IS 'Name of the schema that holds the rule tables and everything else that only the package itself calls.';
