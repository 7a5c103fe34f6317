CREATE OR REPLACE FUNCTION finish_load(
    p_kind text,
    p_mode text,
    p_started_at timestamptz,
    p_complete boolean DEFAULT false,
    p_dry_run boolean DEFAULT false,
    p_force boolean DEFAULT false,
    p_strict boolean DEFAULT false,
    p_environment text DEFAULT 'DEFAULT',
    p_triggered_by text DEFAULT session_user
)
RETURNS load_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET jit = off
SET work_mem = '64MB'
AS $$
/*
 * Last call of a load, in the transaction of stage_files and the COPYs: checks the staged rows, keeps out what the guards
 * object to, merges the good files, writes cache_entries and events for the universes that changed, empties the staging
 * tables, and returns the load. A dry run does all of it in a sub-transaction and rolls that back. p_strict: one file
 * rejected, or held by file_objections, and nothing is loaded.
 */
DECLARE
    v_load load_runs;
    v_changes group_change[];
    v_staged regclass := CASE
        WHEN p_kind IN ('symbols', 'prices', 'sectors') THEN 'staged_' || p_kind ELSE 'staged_members' END;
BEGIN
    PERFORM lock_universes('the load');
    v_load := ROW(gen_random_uuid(), p_kind, p_mode, p_dry_run, p_force, p_environment, p_triggered_by, p_started_at,
        NULL, '[]', '[]', 0)::load_runs;
    BEGIN
        PERFORM set_config('universes.environment', p_environment, true);
        IF NOT EXISTS (SELECT FROM staged_files WHERE status = 'pending') THEN
            NULL; -- An incremental load of known files ends here, without a look at the staging table.
        ELSIF p_kind = 'symbols' THEN
            PERFORM prepare_symbols();
        ELSIF p_kind = 'prices' THEN
            PERFORM prepare_prices();
        ELSIF p_kind = 'sectors' THEN
            PERFORM prepare_sectors();
        ELSE
            PERFORM prepare_members();
        END IF;
        IF p_kind NOT IN ('symbols', 'prices') THEN
            PERFORM hold_files(v_load);
        END IF;

        IF NOT p_complete AND NOT EXISTS (SELECT FROM staged_files WHERE status = 'pending') THEN
            NULL; -- Nothing to merge, and no vanished file to look for.
        ELSIF p_strict AND EXISTS (SELECT FROM staged_files WHERE status IN ('rejected', 'held')) THEN
            UPDATE staged_files SET status = 'held', held_by = '["another file was not loaded, and the load is strict"]'
            WHERE status = 'pending';
        ELSIF p_kind IN ('symbols', 'prices') THEN
            v_load := merge_rows(v_load);
        ELSIF p_kind = 'sectors' THEN
            v_load := merge_sectors(v_load, p_complete);
        ELSE
            v_changes := ARRAY(SELECT c FROM merge_members(v_load, p_complete) AS c);
            v_load := publish_load(v_load, v_changes);
        END IF;
        v_load.files := finish_files(v_load);
        IF p_dry_run THEN
            RAISE SQLSTATE 'UV000';
        END IF;
    EXCEPTION
        WHEN SQLSTATE 'UV000' THEN
            v_load.dry_run := true;
    END;
    PERFORM set_config('universes.environment', '', true);
    -- DELETE is cheaper for few rows; TRUNCATE leaves no dead rows that the next load would have to read.
    EXECUTE format(CASE WHEN pg_relation_size(v_staged) < 8388608 THEN 'DELETE FROM %s' ELSE 'TRUNCATE %s' END, v_staged);
    DELETE FROM staged_files;

    v_load.finished_at := clock_timestamp();
    INSERT INTO load_runs SELECT v_load.*;
    RETURN v_load;
END;
$$;

COMMENT ON FUNCTION finish_load(text, text, timestamptz, boolean, boolean, boolean, boolean, text, text) IS 'Ends a load and returns it with the result of every file. p_complete: the files are all there are of their type. p_force overrides the guards of file_objections and membership_guards. Raises UV001 when another session is changing memberships.';
