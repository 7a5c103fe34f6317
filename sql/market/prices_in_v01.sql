CREATE OR REPLACE FUNCTION prices_in(
    p_date date
)
RETURNS TABLE (is_in boolean, priced bigint, stocks bigint, needed bigint, percent numeric, last_day date)
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Whether the prices of a day have arrived, and how many of how many. Those that are waited for are the active stocks that
 * had a price in the seven days up to last_day, the last one before p_date with any price: of a week, not of last_day alone,
 * because an import that broke off there would let a handful of prices pass for all. Before the first day of
 * prices it is every active stock. settings.prices_in_percent of them are enough, since some trade seldom.
 * One index lookup finds last_day and two find each stock, however long the history and whatever the planner knows of it.
 */
DECLARE
    v_percent numeric := (SELECT least(s.value, 100) FROM settings AS s WHERE s.name = 'prices_in_percent');
    v_last date := (SELECT max(o.date) FROM ohlcv_daily AS o WHERE o.date < p_date);
BEGIN
    RETURN QUERY
    SELECT c.stocks > 0 AND c.priced >= n.needed, c.priced, c.stocks, n.needed, v_percent, v_last
    FROM (
        SELECT count(*) AS stocks, count(today.found) AS priced
        FROM symbols AS s
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
        WHERE s.active AND s.type IN ('CS', 'ADRC') AND (v_last IS NULL OR usual.found)
    ) AS c
    CROSS JOIN LATERAL (SELECT ceil(c.stocks * v_percent / 100)::bigint AS needed) AS n;
END;
$$;

COMMENT ON FUNCTION prices_in(date) IS 'Whether the prices of a day are in: priced of stocks have one, needed of them is enough (settings.prices_in_percent, here percent). stocks are the active ones with a price in the week up to last_day, the last day before it with prices; all active ones when last_day is NULL.';
