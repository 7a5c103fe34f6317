CREATE OR REPLACE FUNCTION prepare_symbols()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Repairs blanks, lower-case symbols, and whole numbers with a decimal point or an exponent, as pandas and spreadsheets write them;
 * rejects files with errors or with a symbol that an earlier line has.
 */
BEGIN
    IF EXISTS (SELECT FROM staged_files WHERE status = 'pending' AND format IS NOT NULL) THEN
        PERFORM clean_symbols();
    END IF;
    UPDATE staged_symbols AS s
    SET market_cap = whole_number(s.market_cap), weighted_shares_outstanding = whole_number(s.weighted_shares_outstanding),
        sic_code = whole_number(s.sic_code), cik = whole_number(s.cik)
    WHERE concat(s.market_cap, s.weighted_shares_outstanding, s.sic_code, s.cik) ~ '[.+]';
    WITH repaired AS (
        UPDATE staged_symbols AS s
        SET symbol = upper(btrim(s.symbol)), type = upper(btrim(s.type))
        WHERE s.symbol <> upper(btrim(s.symbol)) OR s.type <> upper(btrim(s.type))
        RETURNING s.file
    )
    UPDATE staged_files AS f
    SET repaired = r.repaired
    FROM (SELECT file, count(*) AS repaired FROM repaired GROUP BY file) AS r
    WHERE f.file = r.file;

    PERFORM reject_files('symbol_problems', 'staged_symbols');
    PERFORM reject_files('symbol_duplicates', 'staged_symbols');
    UPDATE staged_files AS f
    SET rows = c.rows,
        status = CASE c.rows WHEN 0 THEN 'rejected' ELSE f.status END,
        problem = CASE c.rows WHEN 0 THEN
            '{"message": "no row after the header", "remedy": "Export or download it again."}'::jsonb END,
        warnings = f.warnings || CASE WHEN c.untyped > 0 THEN jsonb_build_array(format(
            '%s new symbols have no type and belong to no universe of stocks: add a column type (CS, ADRC, ETF, ...)', c.untyped)) ELSE '[]' END
    FROM staged_files AS p
    CROSS JOIN LATERAL (
        SELECT count(*) AS rows, count(*) FILTER (WHERE y.symbol IS NULL AND s.type IS NULL) AS untyped
        FROM staged_symbols AS s
        LEFT JOIN symbols AS y ON y.symbol = s.symbol
        WHERE s.file = p.file
    ) AS c
    WHERE p.file = f.file AND f.status = 'pending';
END;
$$;

COMMENT ON FUNCTION prepare_symbols() IS 'Repairs, checks and counts the rows of staged_symbols; sets files with errors to rejected.';
