CREATE OR REPLACE FUNCTION has_date_index()
RETURNS boolean
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT EXISTS (
        SELECT
        FROM pg_index AS i
        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = 'ohlcv_daily'::regclass AND a.attname = 'date' AND i.indisvalid AND i.indpred IS NULL
    )
$$;

COMMENT ON FUNCTION has_date_index() IS 'Returns true if ohlcv_daily has an index whose first column is date.';
