CREATE OR REPLACE FUNCTION publish_load(
    p_load load_runs,
    p_changes group_change[]
)
RETURNS load_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Summarizes the changes of a load, rewrites cache_entries of the changed universes, and publishes one event for each. */
DECLARE
    v_counts jsonb := count_changes(p_changes);
    v_groups bigint[] := ARRAY(SELECT c.group_id FROM unnest(p_changes) AS c WHERE NOT c.held);
BEGIN
    p_load.changes := summarize_changes(p_changes);
    p_load.total_changes := (v_counts ->> 'added')::bigint + (v_counts ->> 'removed')::bigint + (v_counts ->> 'updated')::bigint;
    IF cardinality(v_groups) > 0 THEN
        PERFORM update_cache(v_groups);
        PERFORM publish_events(universe_events_of(p_load.changes), p_load.id);
    END IF;
    RETURN p_load;
END;
$$;

COMMENT ON FUNCTION publish_load(load_runs, group_change[]) IS 'Writes cache_entries and events for what a load changed, and returns the load with changes and total_changes.';
