CREATE OR REPLACE FUNCTION with_schemas(
    p_text text
)
RETURNS text
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT replace(replace(p_text, '@' || 'api@', quote_ident(api_schema())), '@' || 'engine@', quote_ident(engine_schema()))
$$;

COMMENT ON FUNCTION with_schemas(text) IS 'Replaces the placeholders of sql/ files with the quoted names of the two schemas.';
