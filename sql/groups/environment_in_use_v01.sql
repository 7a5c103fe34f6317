CREATE OR REPLACE FUNCTION environment_in_use()
RETURNS text
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT coalesce(nullif(current_setting('universes.environment', true), ''), 'DEFAULT')
$$;

COMMENT ON FUNCTION environment_in_use() IS 'Returns the environment that the views read: the setting universes.environment, which a refresh or load sets for its transaction, else DEFAULT.';
