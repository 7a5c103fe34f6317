CREATE OR REPLACE FUNCTION prepare_prices()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Repairs blanks, lower-case symbols, and dates written 20260820 or as a timestamp; rejects files with errors or with a symbol and
 * date that an earlier line has.
 */
BEGIN
    IF EXISTS (SELECT FROM staged_files WHERE status = 'pending' AND format IS NOT NULL) THEN
        PERFORM clean_prices();
    END IF;
    WITH repaired AS (
        UPDATE staged_prices AS s
        SET symbol = upper(btrim(s.symbol)), date = price_date(btrim(s.date))
        WHERE s.symbol <> upper(btrim(s.symbol)) OR s.date <> btrim(s.date)
            OR length(s.date) <> 10 AND s.date <> price_date(s.date)
        RETURNING s.file
    )
    UPDATE staged_files AS f
    SET repaired = r.repaired
    FROM (SELECT file, count(*) AS repaired FROM repaired GROUP BY file) AS r
    WHERE f.file = r.file;

    PERFORM reject_files('price_problems', 'staged_prices');
    PERFORM reject_files('price_duplicates', 'staged_prices');
    UPDATE staged_files AS f
    SET rows = c.rows,
        status = CASE c.rows WHEN 0 THEN 'rejected' ELSE f.status END,
        problem = CASE c.rows WHEN 0 THEN
            '{"message": "no row after the header", "remedy": "Export or download it again."}'::jsonb END
    FROM staged_files AS p
    CROSS JOIN LATERAL (SELECT count(*) AS rows FROM staged_prices AS s WHERE s.file = p.file) AS c
    WHERE p.file = f.file AND f.status = 'pending';
END;
$$;

COMMENT ON FUNCTION prepare_prices() IS 'Repairs, checks and counts the rows of staged_prices; sets files with errors to rejected.';
