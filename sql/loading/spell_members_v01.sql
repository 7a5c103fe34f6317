CREATE OR REPLACE FUNCTION spell_members()
RETURNS boolean
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET jit = off
-- There are no statistics of rows just staged.
SET enable_nestloop = off
AS $$
/*
 * Symbols of canonical files that symbols does not know, or knows as inactive, spelled as symbols spells them: by symbol_aliases
 * (FB is META), or with a dot before the share class (BRK-B, BRK/B). A form that symbols does not know either stays as it is.
 */
BEGIN
    WITH spelling AS MATERIALIZED (
        SELECT o.symbol AS stated, coalesce(a.symbol, CASE WHEN y.symbol IS NULL THEN d.symbol END) AS symbol
        FROM (
            SELECT DISTINCT m.symbol
            FROM staged_members AS m
            JOIN staged_files AS f ON f.file = m.file AND f.status = 'pending' AND f.format IS NULL AND f.unknown + f.inactive > 0
        ) AS o
        LEFT JOIN symbols AS y ON y.symbol = o.symbol
        LEFT JOIN symbol_aliases AS a ON a.alias = o.symbol
        LEFT JOIN symbols AS d ON d.symbol = regexp_replace(o.symbol, '^([A-Z]+)[ /-]([A-Z])$', '\1.\2')
        WHERE y.active IS NOT TRUE
    ), respelled AS (
        UPDATE staged_members AS m
        SET symbol = s.symbol
        FROM spelling AS s
        WHERE m.symbol = s.stated AND s.symbol <> s.stated
            AND m.file IN (SELECT f.file FROM staged_files AS f WHERE f.status = 'pending' AND f.format IS NULL)
        RETURNING m.file
    )
    UPDATE staged_files AS f
    SET repaired = f.repaired + r.repaired
    FROM (SELECT file, count(*) AS repaired FROM respelled GROUP BY file) AS r
    WHERE f.file = r.file;
    RETURN FOUND;
END;
$$;

COMMENT ON FUNCTION spell_members() IS 'Spells the symbols of canonical files as the table symbols does, and returns true if one changed.';
