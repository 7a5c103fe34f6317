CREATE OR REPLACE FUNCTION raise_unknown_name(
    p_name text,
    p_types text[],
    p_environment text
)
RETURNS void
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/* Raises UV003 with the nearest names and other objects of this name. */
DECLARE
    v_nearest text;
    v_elsewhere text;
BEGIN
    SELECT string_agg(n.name || coalesce(' (' || n.title || ')', ''), ', ' ORDER BY n.place)
    INTO v_nearest
    FROM (
        SELECT x.name, nullif(x.title, x.name) AS title, row_number() OVER () AS place
        FROM nearest_names(p_name, p_types, p_environment) AS x
    ) AS n;

    SELECT string_agg(e.what, ', ' ORDER BY e.what)
    INTO v_elsewhere
    FROM (
        SELECT format('%s is of type %s', g.name, g.type) AS what
        FROM definition_groups AS g
        WHERE g.environment = p_environment AND normalize_name(g.name) = normalize_name(p_name)
        UNION ALL
        SELECT CASE WHEN s.type = 'ETF' THEN format('%s is a fund whose holdings are not loaded', s.symbol)
            ELSE format('%s is a symbol (%s)', s.symbol, coalesce(s.name, s.type)) END
        FROM symbols AS s
        WHERE s.symbol = upper(btrim(p_name)) AND NOT EXISTS (
            SELECT FROM definition_groups AS g WHERE g.environment = p_environment AND g.name = s.symbol AND g.type = 'ETF'
        )
    ) AS e;

    RAISE EXCEPTION USING
        ERRCODE = 'UV003',
        MESSAGE = format('no %s is named %s', CASE p_types[1] WHEN 'ETF' THEN 'ETF' ELSE coalesce(lower(p_types[1]), 'universe') END, p_name),
        DETAIL = coalesce(v_elsewhere || '.', format('Environment %s.', p_environment)),
        HINT = coalesce('Nearest: ' || v_nearest || '.',
            'Nothing has a name like it: SELECT type, name FROM definition_groups lists what there is.');
END;
$$;

COMMENT ON FUNCTION raise_unknown_name(text, text[], text) IS 'Raises UV003: no universe of p_types (NULL: any type; SYMBOL: no symbol) is named p_name. The hint lists the nearest names, the detail other objects with this name.';
