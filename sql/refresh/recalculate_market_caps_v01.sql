CREATE OR REPLACE FUNCTION recalculate_market_caps(
    p_symbols text[] DEFAULT NULL,
    p_prices_since date DEFAULT NULL
)
RETURNS text[]
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET plan_cache_mode = force_custom_plan
AS $$
/*
 * Market cap = latest close x weighted shares outstanding, for the active stocks of p_symbols (NULL: all). Writes
 * symbols.market_cap only if it was empty or changes by more than settings.market_cap_change_percent, and returns the symbols
 * written. Updates uncapped_stocks for the processed stocks. A close of a billion dollars or more, NaN included, is ignored.
 * p_prices_since affects speed only: prices from that date on are read in one pass, and only stocks without any are looked up
 * one by one.
 */
DECLARE
    v_limit numeric := (SELECT s.value / 100 FROM settings AS s WHERE s.name = 'market_cap_change_percent');
    v_moved text[];
BEGIN
    WITH recent AS MATERIALIZED (
        SELECT DISTINCT ON (o.symbol COLLATE "C") o.symbol, o.close
        FROM ohlcv_daily AS o
        WHERE o.date >= p_prices_since AND o.close > 0 AND o.close < 1e9
        ORDER BY o.symbol COLLATE "C", o.date DESC
    ), priced AS MATERIALIZED (
        SELECT s.symbol, s.market_cap AS old_cap, round(coalesce(r.close, p.close) * s.weighted_shares_outstanding) AS new_cap,
            concat_ws(' and ',
                CASE WHEN s.weighted_shares_outstanding IS NULL THEN 'no shares' END,
                CASE WHEN coalesce(r.close, p.close) IS NULL THEN 'no price' END) AS gap
        FROM active_stocks AS s
        LEFT JOIN recent AS r ON r.symbol = s.symbol
        LEFT JOIN LATERAL (
            -- Walks the primary key backwards to one row, however long the price history is.
            SELECT o.close
            FROM ohlcv_daily AS o
            WHERE r.symbol IS NULL AND o.symbol = s.symbol AND o.close > 0 AND o.close < 1e9
            ORDER BY o.date DESC
            LIMIT 1
        ) AS p ON true
        WHERE p_symbols IS NULL OR s.symbol = ANY (p_symbols)
    ), moved AS (
        UPDATE symbols AS s
        SET market_cap = p.new_cap, last_updated = now()
        FROM priced AS p
        WHERE s.symbol = p.symbol AND p.new_cap < 1e18
            AND (p.old_cap IS NULL OR abs(p.new_cap - p.old_cap) > p.old_cap * v_limit)
        RETURNING s.symbol
    ), gaps AS (
        INSERT INTO uncapped_stocks (symbol, reason)
        SELECT p.symbol, p.gap FROM priced AS p
        LEFT JOIN uncapped_stocks AS u ON u.symbol = p.symbol
        WHERE p.gap <> '' AND u.reason IS DISTINCT FROM p.gap
        ON CONFLICT (symbol) DO UPDATE SET reason = EXCLUDED.reason
    )
    SELECT coalesce(array_agg(m.symbol), '{}') INTO v_moved FROM moved AS m;

    DELETE FROM uncapped_stocks AS u
    WHERE (p_symbols IS NULL OR u.symbol = ANY (p_symbols))
        AND NOT EXISTS (
            SELECT
            FROM active_stocks AS s
            WHERE s.symbol = u.symbol
                AND (s.weighted_shares_outstanding IS NULL
                    OR NOT EXISTS (SELECT FROM ohlcv_daily AS o WHERE o.symbol = s.symbol AND o.close > 0 AND o.close < 1e9))
        );
    RETURN v_moved;
END;
$$;

COMMENT ON FUNCTION recalculate_market_caps(text[], date) IS 'Recomputes symbols.market_cap (US dollars) from the latest close and the share count, for the active stocks p_symbols (NULL: all), writes it where it changed by more than settings.market_cap_change_percent, and returns the symbols written. p_prices_since: reads prices from this date on in one pass; affects speed only.';
