CREATE OR REPLACE FUNCTION merge_prices(
    OUT inserted bigint,
    OUT updated bigint
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Upserts staged_prices into ohlcv_daily, writing only rows that differ: a correction replaces what was there. */
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
    SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM changed) INTO inserted, updated;
END;
$$;

COMMENT ON FUNCTION merge_prices() IS 'Upserts the rows of staged_prices and returns how many were inserted and updated.';
