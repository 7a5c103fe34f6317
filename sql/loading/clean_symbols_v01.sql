CREATE OR REPLACE FUNCTION clean_symbols()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Turns rows of the Nasdaq screener and of Nasdaq Trader's directories into canonical ones. Share classes and suffixes get a
 * dot (BRK/B, RAC/WS; the directories write warrants RAC.W), preferred series a caret (BAC$K). The directories tell funds from
 * the rest only, and exchanges by letter: what symbols knows beyond that stays. Test symbols are left out, with a warning.
 */
BEGIN
    WITH dropped AS (
        DELETE FROM staged_symbols AS s WHERE upper(s.test_issue) = 'Y' RETURNING s.file, s.symbol
    )
    UPDATE staged_files AS f
    SET warnings = f.warnings || jsonb_build_array(format('%s test symbols left out: %s', d.rows, abbreviate_list(d.symbols, 10)))
    FROM (SELECT d.file, count(*) AS rows, array_agg(d.symbol ORDER BY d.symbol) AS symbols FROM dropped AS d GROUP BY d.file) AS d
    WHERE d.file = f.file;

    WITH spelled AS MATERIALIZED (
        SELECT s.file, s.line, regexp_replace(translate(upper(btrim(s.symbol)), '/$', '.^'),
            CASE WHEN s.name ~* 'warrant' THEN '\.W$' ELSE '^$' END, '.WS') AS symbol
        FROM staged_symbols AS s
        JOIN staged_files AS f ON f.file = s.file AND f.status = 'pending' AND f.format IS NOT NULL
    )
    UPDATE staged_symbols AS s
    SET symbol = x.symbol, name = btrim(s.name),
        market_cap = CASE WHEN stated_amount(s.market_cap) = 0 THEN NULL ELSE s.market_cap END,
        type = CASE
            WHEN f.format = 'nasdaq_screener' THEN s.type
            WHEN upper(s.type) = 'Y' THEN 'ETF'
            WHEN btrim(upper(coalesce(s.type, ''))) IN ('', 'N') THEN y.type
            ELSE s.type END,
        primary_exchange = CASE WHEN f.format = 'nasdaq_screener' THEN s.primary_exchange ELSE coalesce(CASE upper(s.primary_exchange)
            WHEN 'N' THEN 'XNYS' WHEN 'A' THEN 'XASE' WHEN 'P' THEN 'ARCX' WHEN 'Z' THEN 'BATS' WHEN 'V' THEN 'IEXG'
            WHEN 'Q' THEN 'XNAS' WHEN 'G' THEN 'XNAS' WHEN 'S' THEN 'XNAS' END, y.primary_exchange) END
    FROM staged_files AS f, spelled AS x
    LEFT JOIN symbols AS y ON y.symbol = x.symbol
    WHERE x.file = s.file AND x.line = s.line AND f.file = s.file;
END;
$$;

COMMENT ON FUNCTION clean_symbols() IS 'Rewrites the staged rows of the Nasdaq screener and of Nasdaq Trader''s directories as canonical ones, and leaves out test symbols.';
