CREATE OR REPLACE FUNCTION @api@.rollback_universes(
    p_to text,
    p_before boolean DEFAULT false,
    p_dry_run boolean DEFAULT false,
    p_environment text DEFAULT 'DEFAULT',
    p_triggered_by text DEFAULT session_user
)
RETURNS sync_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET work_mem = '64MB'
-- universes.past is text: other styles write time zones by abbreviations, which are not unique.
SET datestyle = 'ISO'
SET TimeZone = 'UTC'
AS $$
/*
 * Emergency procedure: restores the memberships at the time that p_to stands for (see resolve_timestamp) through
 * apply_memberships, in one transaction, with history, cache_entries and events; history keeps the reverted changes. Guards do
 * not apply. Symbols that have become inactive are left out. The cause is not fixed: reverted files are held if they are loaded
 * again, and the next refresh recomputes the derived universes from rules and prices.
 */
DECLARE
    v_moment timestamptz := resolve_timestamp(p_to, p_before, p_environment);
    v_run sync_runs;
    v_clock timestamptz := clock_timestamp();
    v_changes group_change[];
    v_begin timestamptz;
    v_inactive integer;
BEGIN
    v_run := start_run('rollback', false, p_dry_run, true, p_environment, p_triggered_by);
    -- Members found at installation have no earlier history: before the last of them was added the set is unknown.
    SELECT coalesce(max(h.valid_from) FILTER (WHERE h.opened_by IS NULL AND h.valid_from <= r.first), min(h.valid_from)) INTO v_begin
    FROM membership_history AS h
    JOIN definition_groups AS g ON g.id = h.group_id AND g.environment = p_environment
    CROSS JOIN (SELECT min(x.started_at) AS first FROM recorded_runs AS x) AS r;
    IF v_begin IS NULL OR v_moment < v_begin THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV003',
            MESSAGE = format('the memberships at %s are not known', v_moment),
            DETAIL = coalesce('History begins at ' || v_begin || '.', 'There is no history yet.'),
            HINT = 'Use a later run, load or time.';
    END IF;
    BEGIN
        PERFORM set_config('universes.environment', p_environment, true), set_config('universes.past', v_moment::text, true);
        v_changes := ARRAY(SELECT c FROM apply_memberships('desired_past', ARRAY(
            SELECT g.id FROM definition_groups AS g WHERE g.environment = p_environment
        ), v_run.id, p_force => true, p_reason => 'rolled back') AS c);
        PERFORM record_rollback(v_run.id, ARRAY(SELECT c.group_id FROM unnest(v_changes) AS c), v_moment);
        PERFORM withhold_past(ARRAY(SELECT c.group_id FROM unnest(v_changes) AS c), v_moment);
        INSERT INTO market_changes (kind) SELECT 'all' WHERE cardinality(v_changes) > 0;
        SELECT count(DISTINCT h.symbol) INTO v_inactive
        FROM definition_groups AS g
        JOIN membership_history AS h ON h.group_id = g.id AND h.valid_from <= v_moment AND (h.valid_to > v_moment) IS NOT FALSE
        JOIN symbols AS s ON s.symbol = h.symbol AND NOT s.active
        WHERE g.environment = p_environment;
        v_run := finish_step(v_run, 'rollback', v_clock,
            count_changes(v_changes) || jsonb_build_object('to', v_moment, 'inactive_left_out', v_inactive));
        v_run := publish_run(v_run, v_changes);
        IF p_dry_run THEN
            RAISE SQLSTATE 'UV000';
        END IF;
    EXCEPTION
        WHEN SQLSTATE 'UV000' THEN
            v_run.status := 'completed';
    END;
    PERFORM set_config('universes.environment', '', true);

    v_run.finished_at := clock_timestamp();
    INSERT INTO sync_runs SELECT v_run.*;
    RETURN v_run;
END;
$$;

COMMENT ON FUNCTION @api@.rollback_universes(text, boolean, boolean, text, text) IS 'Restores all memberships as they were after a run or load, or at a time, and returns the run. Raises UV001 (busy), UV002 (p_to is none of these) and UV003 (no such run, or a time before history).
p_to: id of a run or load, or a timestamp; without a zone it is UTC.
p_before: restore the state just before p_to instead.
p_dry_run: roll the run back after reporting what it would change.
p_environment: environment of the universes.
p_triggered_by: recorded with the run.';
