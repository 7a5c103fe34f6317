CREATE OR REPLACE FUNCTION stage_symbol(
    p_symbol text
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
    SELECT set_config('universes.staged_symbol', p_symbol, true);
$$;

COMMENT ON FUNCTION stage_symbol(text) IS 'Assigns the rows of the following COPY into staged_prices to a symbol, if the file has no column of symbols.';
