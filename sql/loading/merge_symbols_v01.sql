CREATE OR REPLACE FUNCTION merge_symbols(
    p_load load_runs,
    p_complete boolean
)
RETURNS load_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Upserts staged_symbols into symbols, writing only rows that differ. A column that a file does not have stays as it is;
 * an empty value clears. market_cap is the exception: an empty value leaves it, and the vendor's figure does not replace
 * that of an active stock which recalculate_market_caps computes, because there are a share count and a price.
 */
DECLARE
    v_inserted bigint;
    v_updated bigint;
BEGIN
    WITH stated AS MATERIALIZED (
        SELECT
            s.symbol,
            o.symbol IS NULL AS is_new,
            CASE WHEN 'name' = ANY (f.columns) THEN s.name ELSE o.name END AS name,
            CASE WHEN 'type' = ANY (f.columns) THEN s.type ELSE o.type END AS type,
            CASE WHEN 'primary_exchange' = ANY (f.columns) THEN s.primary_exchange ELSE o.primary_exchange END AS primary_exchange,
            coalesce(CASE WHEN 'active' = ANY (f.columns) THEN s.active::boolean ELSE o.active END, true) AS active,
            CASE
                WHEN s.market_cap IS NULL THEN o.market_cap
                WHEN o.market_cap <> s.market_cap::bigint
                    AND EXISTS (SELECT FROM active_stocks AS a WHERE a.symbol = s.symbol AND a.weighted_shares_outstanding IS NOT NULL)
                    AND EXISTS (SELECT FROM ohlcv_daily AS p WHERE p.symbol = s.symbol AND p.close > 0 AND p.close < 1e9)
                    THEN o.market_cap
                ELSE s.market_cap::bigint
            END AS market_cap,
            CASE
                WHEN 'weighted_shares_outstanding' = ANY (f.columns) THEN s.weighted_shares_outstanding::bigint
                ELSE o.weighted_shares_outstanding
            END AS weighted_shares_outstanding,
            CASE WHEN 'list_date' = ANY (f.columns) THEN s.list_date::date ELSE o.list_date END AS list_date,
            CASE WHEN 'sector' = ANY (f.columns) THEN s.sector ELSE o.sector END AS sector,
            CASE WHEN 'industry' = ANY (f.columns) THEN s.industry ELSE o.industry END AS industry,
            CASE WHEN 'sic_code' = ANY (f.columns) THEN s.sic_code ELSE o.sic_code END AS sic_code,
            CASE WHEN 'sic_description' = ANY (f.columns) THEN s.sic_description ELSE o.sic_description END AS sic_description,
            CASE WHEN 'country' = ANY (f.columns) THEN s.country ELSE o.country END AS country,
            CASE WHEN 'cusip' = ANY (f.columns) THEN upper(s.cusip) ELSE o.cusip END AS cusip,
            CASE WHEN 'isin' = ANY (f.columns) THEN upper(s.isin) ELSE o.isin END AS isin,
            CASE WHEN 'figi' = ANY (f.columns) THEN upper(s.figi) ELSE o.figi END AS figi,
            CASE WHEN 'cik' = ANY (f.columns) THEN s.cik ELSE o.cik END AS cik
        FROM staged_symbols AS s
        JOIN staged_files AS f ON f.file = s.file AND f.status = 'pending'
        LEFT JOIN symbols AS o ON o.symbol = s.symbol
    ), changed AS (
        UPDATE symbols AS o
        SET name = s.name, type = s.type, primary_exchange = s.primary_exchange, active = s.active,
            market_cap = s.market_cap, weighted_shares_outstanding = s.weighted_shares_outstanding,
            list_date = s.list_date, sector = s.sector, industry = s.industry, sic_code = s.sic_code,
            sic_description = s.sic_description, country = s.country, cusip = s.cusip, isin = s.isin, figi = s.figi, cik = s.cik,
            last_updated = now()
        FROM stated AS s
        WHERE o.symbol = s.symbol
            AND (o.name, o.type, o.primary_exchange, o.active, o.market_cap, o.weighted_shares_outstanding, o.list_date,
                o.sector, o.industry, o.sic_code, o.sic_description, o.country, o.cusip, o.isin, o.figi, o.cik)
            IS DISTINCT FROM (s.name, s.type, s.primary_exchange, s.active, s.market_cap, s.weighted_shares_outstanding,
                s.list_date, s.sector, s.industry, s.sic_code, s.sic_description, s.country, s.cusip, s.isin, s.figi, s.cik)
        RETURNING 1
    ), added AS (
        INSERT INTO symbols (symbol, name, type, primary_exchange, active, market_cap, weighted_shares_outstanding,
            list_date, sector, industry, sic_code, sic_description, country, cusip, isin, figi, cik, last_updated)
        SELECT s.symbol, s.name, s.type, s.primary_exchange, s.active, s.market_cap, s.weighted_shares_outstanding,
            s.list_date, s.sector, s.industry, s.sic_code, s.sic_description, s.country, s.cusip, s.isin, s.figi, s.cik, now()
        FROM stated AS s
        WHERE s.is_new
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM changed) INTO v_inserted, v_updated;
    p_load.changes := jsonb_build_object('inserted', v_inserted, 'updated', v_updated);
    p_load.total_changes := v_inserted + v_updated;
    -- Names and market caps are no events, but RelationshipCache keeps copies of them.
    IF p_load.total_changes > 0 THEN
        PERFORM pg_notify('universe_events', 'symbols');
    END IF;
    RETURN p_load;
END;
$$;

COMMENT ON FUNCTION merge_symbols(load_runs, boolean) IS 'Upserts the rows of staged_symbols and returns the load with the numbers of rows inserted and updated. p_complete has no effect: a symbol that no file states stays.';
