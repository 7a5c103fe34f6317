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
 * The universe that a person means: by its exact name, else by its name, else by its title without regard to case and
 * punctuation. Two as near are never guessed between.
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
            WHEN plain_name(g.name) = plain_name(p_name) THEN 2
            WHEN plain_name(g.description) = plain_name(p_name) THEN 3
        END) AS place, plain_name(p_name) IN (plain_name(g.name), plain_name(g.description)) AS fits
        FROM definition_groups AS g
        WHERE g.environment = p_environment AND (p_types IS NULL OR g.type = ANY (p_types))
    ) AS f
    WHERE f.place = 1 AND f.fits;

    IF v_ids IS NULL THEN
        PERFORM no_such_name(p_name, p_types, p_environment);
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

COMMENT ON FUNCTION find_universe(text, text[], text) IS 'Id of the universe that has this name, or this title, whatever their case and punctuation; p_types NULL: of any type. Raises UV003 with the nearest names when there is none, and UV002 with the types when there are several.';
