CREATE OR REPLACE FUNCTION listed_symbols(
    p_value jsonb
)
RETURNS TABLE (symbol text, place bigint)
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    /*
     * Accepts a list of symbols, a list of objects with a ticker and possibly a rank, or an object that contains such a list.
     * Positions count from 1. Words in lower case and numbers are not tickers: settings are lists too.
     */
    WITH items AS (
        SELECT btrim(CASE jsonb_typeof(x.item)
                WHEN 'string' THEN x.item #>> '{}'
                WHEN 'object' THEN coalesce(x.item ->> 'ticker', x.item ->> 'symbol')
            END) AS symbol, CASE WHEN x.item ->> 'rank' ~ '^\d{1,9}$' THEN (x.item ->> 'rank')::bigint ELSE x.place END AS place
        FROM jsonb_array_elements(CASE WHEN jsonb_typeof(p_value) = 'array' THEN p_value ELSE (
            SELECT p_value -> k.key
            FROM unnest('{symbols,stocks,etfs,tickers,members}'::text[]) WITH ORDINALITY AS k (key, n)
            WHERE jsonb_typeof(p_value -> k.key) = 'array'
            ORDER BY k.n
            LIMIT 1
        ) END) WITH ORDINALITY AS x (item, place)
    )
    SELECT i.symbol, min(i.place) FROM items AS i WHERE i.symbol ~ '^[0-9]*[A-Z][A-Z0-9.^/-]*$' GROUP BY i.symbol
$$;

COMMENT ON FUNCTION listed_symbols(jsonb) IS 'Returns the distinct ticker symbols in a JSON value of an old cache_entries row with their ranks, or else their positions in the list. No row: not a list of symbols.';
