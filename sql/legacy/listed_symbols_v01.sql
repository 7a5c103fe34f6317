CREATE OR REPLACE FUNCTION listed_symbols(
    p_value jsonb
)
RETURNS TABLE (symbol text, place bigint)
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    /* A list of symbols, or of objects with a ticker; or an object that holds such a list. Places count from 1. */
    WITH list AS (
        SELECT CASE jsonb_typeof(p_value)
            WHEN 'array' THEN p_value
            WHEN 'object' THEN coalesce(p_value -> 'symbols', p_value -> 'stocks', p_value -> 'etfs', p_value -> 'tickers', p_value -> 'members')
        END AS value
    ), items AS (
        SELECT upper(btrim(CASE jsonb_typeof(x.item)
                WHEN 'string' THEN x.item #>> '{}'
                WHEN 'object' THEN coalesce(x.item ->> 'ticker', x.item ->> 'symbol')
            END)) AS symbol, x.place
        FROM list AS l
        CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(l.value) WHEN 'array' THEN l.value END) WITH ORDINALITY AS x (item, place)
    )
    SELECT i.symbol, min(i.place) FROM items AS i WHERE i.symbol ~ '^[A-Z0-9][A-Z0-9.^/-]*$' GROUP BY i.symbol
$$;

COMMENT ON FUNCTION listed_symbols(jsonb) IS 'Distinct ticker symbols in a JSON value of an old cache_entries row, in whichever of its shapes, with their places in the list. No row: not a list of symbols.';
