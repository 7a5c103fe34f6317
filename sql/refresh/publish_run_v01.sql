CREATE OR REPLACE FUNCTION publish_run(
    p_run sync_runs,
    p_changes group_change[]
)
RETURNS sync_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Last step of a run: summarizes the changes, rewrites cache_entries of the changed groups, and writes one event per changed
 * group and one for the run to the outbox. Changes that a guard or append kept back are marked, so that the next full run looks
 * at them again.
 */
DECLARE
    v_counts jsonb := count_changes(p_changes);
BEGIN
    p_run.changes := summarize_changes(p_changes);
    p_run.total_changes := (v_counts ->> 'added')::integer + (v_counts ->> 'removed')::integer
        + (v_counts ->> 'updated')::integer;
    p_run.alerts := find_alerts(p_run);
    IF p_run.append OR p_run.changes @> '[{"held": true}]' THEN
        INSERT INTO market_changes (kind) VALUES ('all');
    END IF;

    PERFORM update_cache(
        ARRAY(SELECT (c ->> 'group_id')::bigint FROM jsonb_array_elements(p_run.changes) AS c WHERE NOT (c ->> 'held')::boolean),
        p_run.append, p_run.mode <> 'import');
    PERFORM publish_events(run_events(p_run), p_run.id);
    RETURN p_run;
END;
$$;

COMMENT ON FUNCTION publish_run(sync_runs, group_change[]) IS 'Writes cache_entries and events for what a run changed, and returns the run with changes, total_changes and alerts.';
