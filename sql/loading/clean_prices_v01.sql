CREATE OR REPLACE FUNCTION clean_prices()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Turns rows of vendors' price files into canonical ones: AAPL.US of Stooq is AAPL, BRK-B of Yahoo is BRK.B. Leaves out rows
 * without any price, which Yahoo writes for days without trading, and Stooq's rows of other markets, and warns of them.
 */
BEGIN
    UPDATE staged_prices AS s
    SET symbol = CASE
            WHEN f.format = 'stooq' THEN regexp_replace(regexp_replace(upper(btrim(s.symbol)), '\.US$', ''), '^([A-Z]+)-([A-Z])$', '\1.\2')
            ELSE regexp_replace(upper(btrim(s.symbol)), '^([A-Z]+)-([A-Z])$', '\1.\2') END,
        open = nullif(lower(s.open), 'null'), high = nullif(lower(s.high), 'null'), low = nullif(lower(s.low), 'null'),
        close = nullif(lower(s.close), 'null'), volume = nullif(lower(s.volume), 'null'), period = upper(s.period)
    FROM staged_files AS f
    WHERE f.file = s.file AND f.status = 'pending' AND f.format IS NOT NULL
        AND (f.format = 'stooq' AND upper(s.symbol) LIKE '%.US%' OR s.symbol ~ '-' OR lower(s.close) = 'null' OR lower(s.volume) = 'null'
            OR lower(s.open) = 'null' OR lower(s.high) = 'null' OR lower(s.low) = 'null' OR s.period <> upper(s.period));
    WITH dropped AS (
        DELETE FROM staged_prices AS s
        USING staged_files AS f
        WHERE f.file = s.file AND f.status = 'pending' AND f.format IS NOT NULL AND (
            num_nonnulls(s.open, s.high, s.low, s.close) = 0
            OR f.format = 'stooq' AND s.symbol ~* '\.[A-Z]{2}$')
        RETURNING s.file, s.line, s.symbol, s.close IS NULL AS is_blank
    )
    UPDATE staged_files AS f
    SET warnings = f.warnings || d.warnings
    FROM (
        SELECT x.file, jsonb_agg(x.sentence ORDER BY x.sentence) AS warnings
        FROM (
            SELECT d.file, CASE WHEN d.is_blank THEN format('%s rows without a price left out, the first on line %s', count(*), min(d.line))
                ELSE format('%s rows of other markets left out: %s', count(*), abbreviate_list(array_agg(DISTINCT d.symbol), 10)) END AS sentence
            FROM dropped AS d
            GROUP BY d.file, d.is_blank
        ) AS x
        GROUP BY x.file
    ) AS d
    WHERE d.file = f.file;
END;
$$;

COMMENT ON FUNCTION clean_prices() IS 'Rewrites the staged rows of vendors'' price files as canonical ones, and leaves out those without a price or of other markets than the United States.';
