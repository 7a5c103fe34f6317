CREATE OR REPLACE FUNCTION take_market_changes(
    p_environment text,
    p_everything boolean,
    OUT priced text[],
    OUT priced_since date,
    OUT changed text[]
)
RETURNS record
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * priced: stocks whose market cap may have changed; changed: symbols whose classification may have changed. NULL means all:
 * after a changed rule, with p_everything, and if the last full run was one of another environment. priced_since is the date of
 * the earliest changed price if an index on the date makes reading all prices since then cheaper than looking up each stock's
 * latest, else NULL. The marks are deleted in the caller's transaction, so only a full refresh calls this.
 */
DECLARE
    v_last sync_runs;
    v_all boolean;
BEGIN
    SELECT * INTO v_last
    FROM sync_runs AS r
    WHERE r.mode = 'full' AND r.status = 'completed' AND NOT r.dry_run
    ORDER BY r.started_at DESC
    LIMIT 1;

    WITH marks AS (
        DELETE FROM market_changes RETURNING kind, symbol, date
    )
    SELECT
        coalesce(array_agg(symbol) FILTER (WHERE kind IN ('price', 'symbol')), '{}'),
        coalesce(array_agg(symbol) FILTER (WHERE kind IN ('symbol', 'fund')), '{}'),
        coalesce(bool_or(kind = 'all'), false),
        min(date)
    INTO priced, changed, v_all, priced_since
    FROM marks;

    IF NOT has_date_index() THEN
        priced_since := NULL;
    ELSIF priced_since < (SELECT max(o.date) FROM ohlcv_daily AS o) - 7 THEN
        priced_since := NULL;
    END IF;

    IF v_all OR p_everything OR v_last.environment IS DISTINCT FROM p_environment THEN
        priced := NULL;
        priced_since := NULL;
        changed := NULL;
    ELSIF v_last.started_at::date < CURRENT_DATE THEN
        -- A listing-age condition can change its result without any change of data.
        changed := changed || ARRAY(
            SELECT s.symbol
            FROM active_stocks AS s
            CROSS JOIN (
                SELECT unnest(ARRAY[0, t.min_listing_days, t.max_listing_days]) AS days
                FROM theme_rules AS t
                WHERE t.min_listing_days IS NOT NULL OR t.max_listing_days IS NOT NULL
                GROUP BY 1
            ) AS age
            WHERE s.list_date BETWEEN v_last.started_at::date - age.days AND CURRENT_DATE - age.days
        );
    END IF;
END;
$$;

COMMENT ON FUNCTION take_market_changes(text, boolean) IS 'Deletes the marks of market_changes and returns the symbols that a full refresh must process. priced: stocks whose market cap may have changed; changed: symbols whose classification may have changed; NULL: all. priced_since: earliest date of a changed price. p_everything: returns NULL for both.';
