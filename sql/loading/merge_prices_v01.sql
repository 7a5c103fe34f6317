CREATE OR REPLACE FUNCTION merge_prices(
    p_load load_runs,
    p_complete boolean
)
RETURNS load_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Upserts staged_prices into ohlcv_daily, writing only rows that differ: a correction replaces what was there. */
DECLARE
    v_inserted bigint;
    v_updated bigint;
BEGIN
    WITH stated AS MATERIALIZED (
        SELECT p.symbol, p.date::date AS date, p.open::numeric(18, 6) AS open, p.high::numeric(18, 6) AS high,
            p.low::numeric(18, 6) AS low, p.close::numeric(18, 6) AS close, p.volume::numeric::bigint AS volume
        FROM staged_prices AS p
        JOIN staged_files AS f ON f.file = p.file AND f.status = 'pending'
    ), compared AS MATERIALIZED (
        SELECT s.*, o.symbol IS NULL AS is_new
        FROM stated AS s
        LEFT JOIN ohlcv_daily AS o ON o.symbol = s.symbol AND o.date = s.date
        WHERE o.symbol IS NULL
            OR (o.open, o.high, o.low, o.close, o.volume) IS DISTINCT FROM (s.open, s.high, s.low, s.close, s.volume)
    ), changed AS (
        UPDATE ohlcv_daily AS o
        SET open = c.open, high = c.high, low = c.low, close = c.close, volume = c.volume
        FROM compared AS c
        WHERE NOT c.is_new AND o.symbol = c.symbol AND o.date = c.date
        RETURNING 1
    ), added AS (
        INSERT INTO ohlcv_daily (symbol, date, open, high, low, close, volume)
        SELECT c.symbol, c.date, c.open, c.high, c.low, c.close, c.volume FROM compared AS c WHERE c.is_new
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM changed) INTO v_inserted, v_updated;
    p_load.changes := jsonb_build_object('inserted', v_inserted, 'updated', v_updated);
    p_load.total_changes := v_inserted + v_updated;
    RETURN p_load;
END;
$$;

COMMENT ON FUNCTION merge_prices(load_runs, boolean) IS 'Upserts the rows of staged_prices and returns the load with the numbers of rows inserted and updated. p_complete has no effect: a price that no file states stays.';
