CREATE OR REPLACE FUNCTION run_steps(
    p_mode text
)
RETURNS text[]
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT m.steps || ARRAY['cache_and_events'] FROM refresh_modes AS m WHERE m.mode = p_mode
$$;

COMMENT ON FUNCTION run_steps(text) IS 'Returns the names of the steps of a run of mode p_mode, in order.';
