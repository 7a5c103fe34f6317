CREATE OR REPLACE FUNCTION start_run(
    p_mode text,
    p_append boolean,
    p_dry_run boolean,
    p_force boolean,
    p_environment text,
    p_triggered_by text,
    p_run_id uuid DEFAULT NULL
)
RETURNS sync_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Takes lock_universes (UV001) and returns a run without steps. application_name shows the run and its current step to other
 * sessions: see running_change().
 */
DECLARE
    v_run sync_runs;
BEGIN
    PERFORM lock_universes('the ' || (SELECT m.kind FROM refresh_modes AS m WHERE m.mode = p_mode));
    v_run.id := coalesce(p_run_id, gen_random_uuid());
    PERFORM set_config('application_name', format('pg-universes %s %s', (run_steps(p_mode))[1], replace(v_run.id::text, '-', '')), true);
    v_run.mode := p_mode;
    v_run.status := 'completed';
    v_run.append := p_append;
    v_run.dry_run := p_dry_run;
    v_run.force := p_force;
    v_run.environment := p_environment;
    v_run.triggered_by := p_triggered_by;
    v_run.started_at := clock_timestamp();
    v_run.steps := '[]';
    v_run.changes := '[]';
    v_run.alerts := '[]';
    v_run.total_changes := 0;
    RETURN v_run;
END;
$$;

COMMENT ON FUNCTION start_run(text, boolean, boolean, boolean, text, text, uuid) IS 'Starts a run: takes the lock on membership changes and returns a run without steps. p_run_id: its id; NULL: a new one. Raises UV001 if another refresh or load is running.';
