CREATE OR REPLACE FUNCTION clean_holdings()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET jit = off
SET enable_nestloop = off
AS $$
/*
 * Turns the staged rows of issuer files into rows of a canonical file. Rows that cleaned_holdings gives a reason for are moved to
 * skipped_members. Of several rows with one ticker, those whose name says another company leave; the weights of the others are
 * added up, and rows of weight zero are repetitions. Nested loops are off because there are no statistics for rows just staged.
 */
DECLARE
    v_suspects jsonb;
    v_merged jsonb;
BEGIN
    WITH judged AS MATERIALIZED (
        SELECT * FROM cleaned_holdings
    ), skipped AS (
        DELETE FROM staged_members AS m
        USING judged AS j
        WHERE m.file = j.file AND m.line = j.line AND j.reason IS NOT NULL
        RETURNING m.file, m.line, m.symbol, m.weight, m.name, m.sector, m.asset_class, m.exchange, m.country, m.currency,
            m.market_currency, m.cusip, m.isin, m.sedol, m.figi, j.reason, weight_number(j.weight)
    ), kept AS (
        INSERT INTO skipped_members SELECT * FROM skipped
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
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'file', j.file, 'line', j.line, 'symbol', j.symbol, 'name', j.name, 'other_name', j.other_name)), '[]')
    INTO v_suspects
    FROM judged AS j
    WHERE j.reason IS NULL AND j.other_name IS NOT NULL;

    WITH suspects AS MATERIALIZED (
        SELECT s.* FROM jsonb_to_recordset(v_suspects) AS s (file integer, line bigint)
    ), repeated AS MATERIALIZED (
        SELECT m.file, m.symbol
        FROM staged_files AS f
        JOIN staged_members AS m ON m.file = f.file
        WHERE f.status = 'pending' AND f.format IS NOT NULL
        GROUP BY m.file, m.symbol
        HAVING count(*) > 1
    ), ranked AS MATERIALIZED (
        SELECT x.file, x.line, x.symbol, w.percent, s.line IS NOT NULL AND bool_or(s.line IS NULL) OVER same AS is_other,
            first_value(x.line) OVER (PARTITION BY x.file, x.symbol ORDER BY s.line IS NOT NULL, w.percent DESC NULLS LAST, x.line) AS first_line
        FROM staged_members AS x
        JOIN repeated AS r ON r.file = x.file AND r.symbol = x.symbol
        LEFT JOIN suspects AS s ON s.file = x.file AND s.line = x.line
        CROSS JOIN LATERAL weight_number(x.weight) AS w (percent)
        WINDOW same AS (PARTITION BY x.file, x.symbol)
    ), moved AS (
        DELETE FROM staged_members AS m
        USING ranked AS r
        -- A weight that cannot be read stays, and member_problems refuse the file.
        WHERE m.file = r.file AND m.line = r.line AND r.line <> r.first_line AND (r.percent IS NOT NULL OR m.weight IS NULL OR r.is_other)
        RETURNING m.file, m.line, m.symbol, m.weight, m.name, m.sector, m.asset_class, m.exchange, m.country, m.currency,
            m.market_currency, m.cusip, m.isin, m.sedol, m.figi,
            CASE WHEN r.is_other THEN 'another company' WHEN r.percent > 0 THEN 'added to line ' || r.first_line ELSE 'repeated ticker' END, r.percent
    ), kept AS (
        INSERT INTO skipped_members SELECT * FROM moved
    ), sums AS MATERIALIZED (
        SELECT r.file, r.symbol, r.first_line, sum(r.percent) AS percent, array_agg(r.line ORDER BY r.line) AS lines
        FROM ranked AS r
        WHERE NOT r.is_other AND r.percent > 0
        GROUP BY r.file, r.symbol, r.first_line
        HAVING count(*) > 1
    ), added AS (
        UPDATE staged_members AS m SET weight = s.percent::text FROM sums AS s WHERE m.file = s.file AND m.line = s.first_line
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object('file', s.file, 'warning', format('%s is on lines %s, together %s percent',
        s.symbol, array_to_string(s.lines, ', '), s.percent)) ORDER BY s.file, s.first_line), '[]')
    INTO v_merged
    FROM sums AS s;

    UPDATE staged_files AS f
    SET warnings = f.warnings || w.warnings
    FROM (
        SELECT m.file, jsonb_agg(m.warning) AS warnings
        FROM jsonb_to_recordset(v_merged) AS m (file integer, warning text)
        GROUP BY m.file
    ) AS w
    WHERE w.file = f.file;
    UPDATE staged_files AS f
    SET suspects = s.suspects
    FROM (
        SELECT x.file, jsonb_agg(jsonb_strip_nulls(jsonb_build_object('line', x.line, 'symbol', x.symbol, 'name', left(x.name, 80),
            'listed_name', left(x.other_name, 80), 'weight', weight_number(m.weight))) ORDER BY x.line) AS suspects
        FROM jsonb_to_recordset(v_suspects) AS x (file integer, line bigint, symbol text, name text, other_name text)
        JOIN staged_members AS m ON m.file = x.file AND m.line = x.line
        GROUP BY x.file
    ) AS s
    WHERE s.file = f.file;
    PERFORM summarize_skipped();
END;
$$;

COMMENT ON FUNCTION clean_holdings() IS 'Cleans the staged rows of issuer files: moves rows that are not shares listed in the United States to skipped_members, normalizes tickers and weights, adds up the weights of rows of one company, and lists the suspects: rows whose name does not agree with that of the symbol.';
