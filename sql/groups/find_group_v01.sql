CREATE OR REPLACE FUNCTION find_group(
    p_name text,
    p_type text,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS bigint
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/* Raises UV003 if there is no such universe. */
DECLARE
    v_id bigint;
BEGIN
    SELECT g.id INTO v_id
    FROM definition_groups AS g
    WHERE g.name = p_name AND g.type = p_type AND g.environment = p_environment;
    IF v_id IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV003',
            MESSAGE = format('no universe named %s of type %s', p_name, p_type),
            DETAIL = format('Environment %s.', p_environment),
            HINT = 'SELECT type, name FROM definition_groups lists them.';
    END IF;
    RETURN v_id;
END;
$$;

COMMENT ON FUNCTION find_group(text, text, text) IS 'Returns definition_groups.id of the universe with this name, type and environment. Raises UV003 if there is none.';
