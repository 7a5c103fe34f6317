CREATE OR REPLACE FUNCTION prepare_members()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET work_mem = '64MB'
AS $$
/*
 * Cleans issuer files, repairs what a rule repairs (blanks around values, lower-case symbols, a percent sign after the weight),
 * rejects files with errors, and counts rows and warnings of the others. Canonical rows, nearly always all of them, are scanned
 * once. hold_files decides if a valid file may be loaded.
 */
BEGIN
    IF EXISTS (SELECT FROM staged_files WHERE status = 'pending' AND format IS NOT NULL) THEN
        PERFORM clean_holdings();
    END IF;
    IF EXISTS (SELECT FROM uncanonical_members)
        OR EXISTS (SELECT FROM staged_files WHERE 'extra_1' = ANY (columns))
    THEN
        WITH repaired AS (
            UPDATE staged_members
            SET symbol = upper(btrim(symbol)), weight = nullif(rtrim(btrim(weight), ' %'), '')
            WHERE symbol <> upper(btrim(symbol)) OR weight <> rtrim(btrim(weight), ' %')
            RETURNING file
        )
        UPDATE staged_files AS f
        SET repaired = f.repaired + r.repaired
        FROM (SELECT file, count(*) AS repaired FROM repaired GROUP BY file) AS r
        WHERE f.file = r.file;
        PERFORM reject_files('member_problems', 'staged_members');
    END IF;

    WITH sums AS MATERIALIZED (
        SELECT m.file, count(*) AS rows, count(DISTINCT m.symbol COLLATE "C") AS symbols, count(m.weight) AS weights,
            sum(m.weight::numeric) AS weight_sum,
            count(*) FILTER (WHERE y.symbol IS NULL) AS unknown,
            count(*) FILTER (WHERE NOT y.active) AS inactive
        FROM staged_members AS m
        LEFT JOIN symbols AS y ON y.symbol = m.symbol
        GROUP BY m.file
    )
    UPDATE staged_files AS f
    SET rows = coalesce(s.rows, 0), symbols = coalesce(s.symbols, 0), weights = coalesce(s.weights, 0),
        weight_sum = s.weight_sum, unknown = coalesce(s.unknown, 0),
        warnings = f.warnings
            || CASE WHEN s.weight_sum < x.low AND s.weight_sum >= x.min
                THEN jsonb_build_array(format('the weights sum to %s percent only', round(s.weight_sum, 2)))
                ELSE '[]' END
            || CASE WHEN s.unknown > 0
                THEN jsonb_build_array(format('%s not in the table symbols', s.unknown)) ELSE '[]' END
            || CASE WHEN s.inactive > 0
                THEN jsonb_build_array(format('%s inactive and left out', s.inactive)) ELSE '[]' END
    FROM staged_files AS p
    CROSS JOIN (
        SELECT max(value) FILTER (WHERE name = 'load_low_weight_sum') AS low,
            max(value) FILTER (WHERE name = 'load_min_weight_sum') AS min
        FROM settings
    ) AS x
    LEFT JOIN sums AS s ON s.file = p.file
    WHERE f.file = p.file AND f.status = 'pending';

    PERFORM reject_files('member_file_problems', 'staged_members');
END;
$$;

COMMENT ON FUNCTION prepare_members() IS 'Repairs, checks and counts the rows of staged_members; sets files with errors to rejected.';
