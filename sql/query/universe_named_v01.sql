CREATE OR REPLACE FUNCTION universe_named(
    p_name text,
    p_types text[] DEFAULT NULL,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (type text, name text)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT g.type, g.name FROM definition_groups AS g WHERE g.id = find_universe(p_name, p_types, p_environment)
$$;

COMMENT ON FUNCTION universe_named(text, text[], text) IS 'Returns the stored type and name of the universe that find_universe finds. Raises UV002 and UV003 as it does.';
