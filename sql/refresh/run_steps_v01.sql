CREATE OR REPLACE FUNCTION run_steps(
    p_mode text
)
RETURNS text[]
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT CASE p_mode
        WHEN 'full' THEN '{market_caps,ipos,delistings,themes,cache_and_events}'::text[]
        WHEN 'market_cap' THEN '{market_caps,cache_and_events}'
        WHEN 'sectors' THEN '{sectors,cache_and_events}'
        WHEN 'changed_sectors' THEN '{sectors,cache_and_events}'
        -- Every other mode is named after its one step.
        ELSE ARRAY[p_mode, 'cache_and_events']
    END
$$;

COMMENT ON FUNCTION run_steps(text) IS 'Names of the steps of a run of mode p_mode, in their order.';
