CREATE OR REPLACE FUNCTION find_universe(
    p_name text,
    p_types text[] DEFAULT NULL,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS bigint
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Matches the exact name, else the name, else the title, the latter two ignoring case and punctuation. Ambiguous names raise
 * UV002 instead of a guess.
 */
DECLARE
    v_ids bigint[];
    v_named text;
BEGIN
    SELECT array_agg(f.id), string_agg(f.type || ' ' || f.name, ', ' ORDER BY f.type, f.name)
    INTO v_ids, v_named
    FROM (
        SELECT g.id, g.type, g.name, rank() OVER (ORDER BY CASE
            WHEN g.name = p_name THEN 1
            WHEN normalize_name(g.name) = normalize_name(p_name) THEN 2
            WHEN normalize_name(g.description) = normalize_name(p_name) THEN 3
        END) AS place, normalize_name(p_name) IN (normalize_name(g.name), normalize_name(g.description)) AS fits
        FROM definition_groups AS g
        WHERE g.environment = p_environment AND (p_types IS NULL OR g.type = ANY (p_types))
    ) AS f
    WHERE f.place = 1 AND f.fits;

    IF v_ids IS NULL THEN
        PERFORM raise_unknown_name(p_name, p_types, p_environment);
    ELSIF cardinality(v_ids) > 1 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('%s universes are named %s', cardinality(v_ids), p_name),
            DETAIL = format('%s.', v_named),
            HINT = 'Say which by its type: --type INDUSTRY, in SQL p_types => ''{INDUSTRY}''.';
    END IF;
    RETURN v_ids[1];
END;
$$;

COMMENT ON FUNCTION find_universe(text, text[], text) IS 'Returns the id of the universe with this name or title, ignoring case and punctuation. p_types: only these types; NULL: any. Raises UV003 with the nearest names if none matches, UV002 with the types if several do.';
