CREATE OR REPLACE FUNCTION clean_holdings()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
AS $$
/*
 * Turns the staged rows of issuer files into rows of a canonical file. Rows that match holding_skip_rules, and duplicates of a
 * ticker except the one with the largest weight (of equal ones the first), are deleted from the staging table and recorded in
 * staged_files with their reason. Nested loops are off because there are no statistics for rows just staged.
 */
DECLARE
    v_skipped jsonb;
    v_repeated jsonb;
BEGIN
    WITH judged AS MATERIALIZED (
        SELECT * FROM cleaned_holdings
    ), skipped AS (
        DELETE FROM staged_members AS m
        USING judged AS j
        WHERE m.file = j.file AND m.line = j.line AND j.reason IS NOT NULL
    ), rewritten AS (
        UPDATE staged_members AS m
        SET symbol = j.symbol, weight = j.weight
        FROM judged AS j
        WHERE m.file = j.file AND m.line = j.line AND j.reason IS NULL
            AND (j.symbol <> j.stated_symbol OR j.weight IS DISTINCT FROM j.stated_weight)
    ), counted AS (
        UPDATE staged_files AS f
        SET repaired = c.repaired
        FROM (
            SELECT j.file, count(*) AS repaired
            FROM judged AS j
            WHERE j.reason IS NULL AND j.symbol <> j.stated_symbol
            GROUP BY j.file
        ) AS c
        WHERE c.file = f.file
    )
    SELECT coalesce(jsonb_agg(to_jsonb(j)) FILTER (WHERE j.reason IS NOT NULL), '[]') INTO v_skipped
    FROM (SELECT file, line, stated_symbol AS symbol, name, reason FROM judged) AS j;

    WITH repeated AS MATERIALIZED (
        SELECT m.file, m.symbol
        FROM staged_files AS f
        JOIN staged_members AS m ON m.file = f.file
        WHERE f.status = 'pending' AND f.format IS NOT NULL
        GROUP BY m.file, m.symbol
        HAVING count(*) > 1
    ), skipped AS (
        DELETE FROM staged_members AS m
        USING (
            SELECT x.file, x.line, row_number() OVER (PARTITION BY x.file, x.symbol ORDER BY
                CASE WHEN x.weight ~ '^\d*\.?\d+([eE][-+]?\d{1,2})?$' THEN x.weight::numeric END DESC NULLS LAST, x.line) AS rank
            FROM staged_members AS x
            JOIN repeated AS r ON r.file = x.file AND r.symbol = x.symbol
        ) AS x
        WHERE m.file = x.file AND m.line = x.line AND x.rank > 1
        RETURNING m.file, m.line, m.symbol, m.name, 'repeated ticker' AS reason
    )
    SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') INTO v_repeated FROM skipped AS s;

    UPDATE staged_files AS f
    SET skipped = r.skipped, skipped_lines = r.lines
    FROM (
        SELECT x.file, jsonb_object_agg(x.reason, x.rows) AS skipped, jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
            'line', x.line, 'symbol', left(x.symbol, 80), 'name', left(x.name, 80), 'reason', x.reason)) ORDER BY x.line) AS lines
        FROM (
            SELECT s.*, count(*) OVER (PARTITION BY s.file, s.reason) AS rows
            FROM jsonb_to_recordset(v_skipped || v_repeated) AS s (file integer, line bigint, symbol text, name text, reason text)
        ) AS x
        GROUP BY x.file
    ) AS r
    WHERE r.file = f.file;
END;
$$;

COMMENT ON FUNCTION clean_holdings() IS 'Cleans the staged rows of issuer files: removes rows that are not shares listed in the United States, and normalizes tickers and weights.';
