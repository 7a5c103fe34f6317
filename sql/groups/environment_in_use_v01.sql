CREATE OR REPLACE FUNCTION environment_in_use()
RETURNS text
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT coalesce(nullif(current_setting('universes.environment', true), ''), 'DEFAULT')
$$;

COMMENT ON FUNCTION environment_in_use() IS 'Environment whose groups the views read: the setting universes.environment, which a refresh sets for its transaction, else DEFAULT.';
