CREATE OR REPLACE FUNCTION @api@.universe_symbols(
    p_names text,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (symbol text)
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Members of one or several universes without duplicates, in byte order. An empty universe returns no row; an unknown name
 * raises UV003 and no name UV002, so that a misspelled name is never mistaken for an empty universe.
 */
DECLARE
    v_unknown text[];
BEGIN
    IF coalesce(btrim(p_names), '') = '' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = 'no universe name given',
            HINT = 'Names are separated by colons: universe_symbols(''SPY:QQQ:dow30'').';
    END IF;

    SELECT array_agg(n.name ORDER BY n.name)
    INTO v_unknown
    FROM (SELECT btrim(part) AS name FROM string_to_table(p_names, ':') AS part) AS n
    WHERE NOT EXISTS (SELECT FROM definition_groups AS g WHERE g.name = n.name AND g.environment = p_environment);

    IF v_unknown IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV003',
            MESSAGE = format('no universe is named %s', array_to_string(v_unknown, ', ')),
            DETAIL = format('Environment %s.', p_environment),
            HINT = 'SELECT type, name FROM definition_groups lists the names; they are case-sensitive, funds in upper case.';
    END IF;

    RETURN QUERY
    SELECT DISTINCT m.symbol::text COLLATE "C"
    FROM definition_groups AS g
    JOIN group_memberships AS m ON m.group_id = g.id
    WHERE g.environment = p_environment
        AND g.name IN (SELECT btrim(part) FROM string_to_table(p_names, ':') AS part)
    ORDER BY 1;
END;
$$;

COMMENT ON FUNCTION @api@.universe_symbols(text, text) IS 'Returns the distinct members of several universes. Raises UV003 for an unknown name, UV002 for none.
p_names: names separated by colons, such as SPY:QQQ:dow30.
p_environment: environment of the universes.';
