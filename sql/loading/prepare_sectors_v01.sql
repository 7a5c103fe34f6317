CREATE OR REPLACE FUNCTION prepare_sectors()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Repairs blanks and lower-case symbols, rejects files with errors or with a symbol that another line or file has, and counts
 * rows and warnings of the others.
 */
BEGIN
    WITH repaired AS (
        UPDATE staged_sectors AS s
        SET symbol = upper(btrim(s.symbol)), sector = btrim(s.sector)
        WHERE s.symbol <> upper(btrim(s.symbol)) OR s.sector <> btrim(s.sector)
        RETURNING s.file
    )
    UPDATE staged_files AS f
    SET repaired = r.repaired
    FROM (SELECT file, count(*) AS repaired FROM repaired GROUP BY file) AS r
    WHERE f.file = r.file;

    PERFORM reject_files('sector_problems', 'staged_sectors');
    PERFORM reject_files('sector_conflicts', 'staged_sectors');
    UPDATE staged_files AS f
    SET rows = c.rows, unknown = c.unknown,
        warnings = f.warnings
            || CASE WHEN c.unknown > 0
                THEN jsonb_build_array(format('%s not in the table symbols', c.unknown)) ELSE '[]' END
            || CASE WHEN c.by_hand > 0
                THEN jsonb_build_array(format('%s already entered by hand, which wins', c.by_hand)) ELSE '[]' END
    FROM staged_files AS p
    CROSS JOIN LATERAL (
        SELECT count(*) AS rows, count(*) FILTER (WHERE y.symbol IS NULL) AS unknown, count(o.symbol) AS by_hand
        FROM staged_sectors AS s
        LEFT JOIN symbols AS y ON y.symbol = s.symbol
        LEFT JOIN sector_overrides AS o ON o.symbol = s.symbol AND o.file IS NULL
        WHERE s.file = p.file
    ) AS c
    WHERE p.file = f.file AND f.status = 'pending';
END;
$$;

COMMENT ON FUNCTION prepare_sectors() IS 'Repairs, checks and counts the rows of staged_sectors; sets files with errors to rejected.';
