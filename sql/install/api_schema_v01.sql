CREATE OR REPLACE FUNCTION api_schema()
RETURNS text
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT (parse_ident($name$@api@$name$))[1]
$$;

COMMENT ON FUNCTION api_schema() IS 'Name of the schema that holds what readers use: the one of --schema, public unless stated.';
