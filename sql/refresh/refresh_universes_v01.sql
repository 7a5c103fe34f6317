CREATE OR REPLACE FUNCTION @api@.refresh_universes(
    p_mode text DEFAULT 'full',
    p_append boolean DEFAULT false,
    p_dry_run boolean DEFAULT false,
    p_force boolean DEFAULT false,
    p_environment text DEFAULT 'DEFAULT',
    p_triggered_by text DEFAULT session_user,
    p_run_id uuid DEFAULT NULL
)
RETURNS sync_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET TimeZone = 'UTC'
SET jit = off
SET work_mem = '64MB'
AS $$
/*
 * The nightly job: one transaction of up to five steps, each of which states the desired members and lets apply_memberships
 * write the difference: market caps with classification, bands and rankings; IPOs; delistings; themes; cache and events. Only
 * symbols marked in market_changes are processed, so an unchanged market costs next to nothing. Today is the day in UTC.
 * The body is a sub-transaction. A dry run is the real run, rolled back at its end. A failure rolls back too, is recorded,
 * announced to administrators and returned, not raised. Takes lock_universes.
 */
DECLARE
    v_run sync_runs;
    v_context refresh_context;
    v_mode refresh_modes;
    v_priced text[];
    v_since date;
    v_touched text[];
    v_moved text[];
    v_changes group_change[] := '{}';
    v_new group_change[] := '{}';
    v_returned jsonb;
    v_clock timestamptz := clock_timestamp();
    v_detail text;
    v_hint text;
    v_where text;
BEGIN
    PERFORM assert_mode(p_mode, ARRAY(SELECT m.mode FROM refresh_modes AS m WHERE m.kind = 'refresh' ORDER BY m.position));
    SELECT m.* INTO v_mode FROM refresh_modes AS m WHERE m.mode = p_mode;
    v_run := start_run(p_mode, p_append, p_dry_run, p_force, p_environment, p_triggered_by, p_run_id);
    v_context := ROW(v_run.id, p_environment, p_append, p_force)::refresh_context;
    BEGIN
        PERFORM set_config('universes.environment', p_environment, true);
        -- NULL means everything: partial modes process all stocks, a full run those that changed since the last one.
        IF 'delistings' = ANY (v_mode.steps) THEN
            -- First, because sectors and rankings follow from the members of funds.
            v_changes := ARRAY(SELECT c FROM readmit_members(
                CASE WHEN p_mode = 'full' AND NOT p_force THEN changed_stocks(p_environment) END, v_context) AS c);
            v_returned := count_changes(v_changes);
        END IF;
        IF p_mode = 'full' THEN
            PERFORM set_config('universes.full_refresh', 'on', true);
            SELECT priced, priced_since, changed INTO v_priced, v_since, v_touched FROM take_market_changes(p_environment, p_force);
        ELSIF p_mode = 'changed_sectors' THEN
            v_touched := changed_stocks(p_environment);
        END IF;
        IF v_touched IS NULL THEN
            v_changes := v_changes || ARRAY(SELECT c FROM ensure_groups(p_environment, v_run.id, v_mode.group_types, p_append) AS c);
        END IF;

        IF 'market_caps' = ANY (v_mode.steps) THEN
            v_moved := recalculate_market_caps(v_priced, v_since);
            v_new := ARRAY(SELECT c FROM classify_stocks(v_touched, v_context) AS c);
            v_touched := CASE WHEN v_touched IS NOT NULL THEN v_touched || v_moved END;
            v_new := v_new || ARRAY(SELECT c FROM rebalance_rankings(v_touched, v_context) AS c);
            v_changes := v_changes || v_new;
            v_run := finish_step(v_run, 'market_caps', v_clock, count_changes(v_new) || jsonb_build_object(
                'market_caps_moved', cardinality(v_moved),
                'market_caps_not_computable', (SELECT count(*) FROM uncapped_stocks)));
        END IF;

        IF 'sectors' = ANY (v_mode.steps) THEN
            v_new := ARRAY(SELECT c FROM enrich_stocks(v_touched, v_context, cardinality(v_changes) > 0) AS c);
            v_changes := v_changes || v_new;
            v_run := finish_step(v_run, 'sectors', v_clock, count_changes(v_new));
        END IF;

        IF 'ipos' = ANY (v_mode.steps) THEN
            v_clock := clock_timestamp();
            v_new := ARRAY(SELECT c FROM assign_ipos(v_context) AS c);
            v_changes := v_changes || v_new;
            v_run := finish_step(v_run, 'ipos', v_clock, count_changes(v_new));
        END IF;

        IF 'delistings' = ANY (v_mode.steps) THEN
            v_clock := clock_timestamp();
            v_new := ARRAY(SELECT c FROM clean_up_delistings(v_touched, v_context) AS c);
            v_changes := v_changes || v_new;
            v_run := finish_step(v_run, 'delistings', v_clock, count_changes(v_new) || jsonb_build_object('returned', v_returned -> 'added'));
        END IF;

        IF 'themes' = ANY (v_mode.steps) THEN
            v_clock := clock_timestamp();
            v_new := ARRAY(SELECT c FROM rebalance_themes(v_touched, v_context) AS c);
            v_changes := v_changes || v_new;
            v_run := finish_step(v_run, 'themes', v_clock, count_changes(v_new));
        END IF;

        v_clock := clock_timestamp();
        v_run := publish_run(v_run, v_changes);
        v_run := finish_step(v_run, 'cache_and_events', v_clock,
            jsonb_build_object('universes_updated', jsonb_array_length(v_run.changes)));
        IF p_dry_run THEN
            RAISE SQLSTATE 'UV000';
        END IF;
    EXCEPTION
        WHEN SQLSTATE 'UV000' THEN
            v_run.status := 'completed';
        WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS
                v_detail = PG_EXCEPTION_DETAIL, v_hint = PG_EXCEPTION_HINT, v_where = PG_EXCEPTION_CONTEXT;
            v_run := fail_run(v_run, jsonb_build_object('sqlstate', SQLSTATE, 'message', SQLERRM,
                'detail', v_detail, 'hint', v_hint, 'context', v_where));
    END;
    PERFORM set_config('universes.environment', '', true), set_config('universes.full_refresh', 'off', true);

    v_run.finished_at := clock_timestamp();
    INSERT INTO sync_runs SELECT v_run.*;
    RETURN v_run;
END;
$$;

COMMENT ON FUNCTION @api@.refresh_universes(text, boolean, boolean, boolean, text, text, uuid) IS 'Rebuilds every derived universe in one transaction and returns the run: steps with counts and milliseconds, changes per universe, alerts. Raises UV001 (busy) and UV002 (unknown mode); any other failure is returned as a run with status failed, and nothing is changed.
p_mode: full, market_cap, sectors, changed_sectors (sectors of changed stocks only), themes, ipos or delistings.
p_append: add and update only; nothing leaves a universe but delisted symbols.
p_dry_run: roll the run back after reporting what it would change; only its row stays.
p_force: recompute everything and override membership_guards.
p_environment: environment of the universes.
p_triggered_by: recorded with the run.
p_run_id: id of the run; NULL: a new one.';
