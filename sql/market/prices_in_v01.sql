CREATE OR REPLACE FUNCTION prices_in(
    p_date date
)
RETURNS TABLE (is_in boolean, priced bigint, stocks bigint, needed bigint, percent numeric, last_day date)
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Expected are the active stocks that had a price in the seven days up to last_day, the last day with any price before p_date:
 * a week, because after an import that stopped early on last_day a handful of prices would pass for all. Before the first day
 * of prices every active stock is expected. settings.prices_in_percent of them suffice, since some trade rarely. One index
 * lookup finds last_day and two find each stock, however long the history and without statistics.
 */
DECLARE
    v_percent numeric := (SELECT least(s.value, 100) FROM settings AS s WHERE s.name = 'prices_in_percent');
    v_last date := (SELECT max(o.date) FROM ohlcv_daily AS o WHERE o.date < p_date);
BEGIN
    RETURN QUERY
    SELECT c.stocks > 0 AND c.priced >= n.needed, c.priced, c.stocks, n.needed, v_percent, v_last
    FROM (
        SELECT count(*) AS stocks, count(today.found) AS priced
        FROM active_stocks AS s
        LEFT JOIN LATERAL (
            SELECT true AS found
            FROM ohlcv_daily AS o
            WHERE o.symbol = s.symbol AND o.date = p_date AND o.close > 0
            LIMIT 1
        ) AS today ON true
        LEFT JOIN LATERAL (
            SELECT true AS found
            FROM ohlcv_daily AS o
            WHERE o.symbol = s.symbol AND o.date BETWEEN v_last - 6 AND v_last AND o.close > 0
            LIMIT 1
        ) AS usual ON true
        WHERE v_last IS NULL OR usual.found
    ) AS c
    CROSS JOIN LATERAL (SELECT ceil(c.stocks * v_percent / 100)::bigint AS needed) AS n;
END;
$$;

COMMENT ON FUNCTION prices_in(date) IS 'Returns whether enough prices of the day p_date have arrived: priced of stocks have one, and needed of them suffice (settings.prices_in_percent, here percent). stocks: active stocks with a price in the week up to last_day, the last day with prices before p_date; all active stocks if last_day is NULL.';
