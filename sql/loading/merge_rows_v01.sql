CREATE OR REPLACE FUNCTION merge_rows(
    p_load load_runs
)
RETURNS load_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Merges staged symbols or prices and notes the numbers of rows in p_load. Names and market caps are no events, but whoever
 * shows them from memory (RelationshipCache) is told.
 */
DECLARE
    v_rows record;
BEGIN
    IF p_load.kind = 'symbols' THEN
        v_rows := merge_symbols();
    ELSE
        v_rows := merge_prices();
    END IF;
    p_load.changes := jsonb_build_object('inserted', v_rows.inserted, 'updated', v_rows.updated);
    p_load.total_changes := v_rows.inserted + v_rows.updated;
    IF p_load.kind = 'symbols' AND p_load.total_changes > 0 THEN
        PERFORM pg_notify('universe_events', 'symbols');
    END IF;
    RETURN p_load;
END;
$$;

COMMENT ON FUNCTION merge_rows(load_runs) IS 'Merges staged symbols or prices and returns the load with the numbers of rows inserted and updated.';
