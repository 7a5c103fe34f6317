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
 * Last call of a load, in the transaction of stage_files and the COPYs: checks the staged rows, holds files that the guards
 * object to, merges the others, writes cache_entries and events for the changed universes, empties the staging tables, and
 * returns the load. A dry run does all of it in a sub-transaction and rolls that back. p_strict: if one file is rejected, or
 * held by file_objections, nothing is loaded.
 */
DECLARE
    v_load load_runs;
    v_kind load_kinds;
BEGIN
    PERFORM lock_universes('the load');
    SELECT k.* INTO STRICT v_kind FROM load_kinds AS k WHERE k.kind = p_kind;
    v_load := ROW(gen_random_uuid(), p_kind, p_mode, p_dry_run, p_force, p_environment, p_triggered_by, p_started_at,
        NULL, '[]', '[]', 0)::load_runs;
    BEGIN
        PERFORM set_config('universes.environment', p_environment, true);
        -- An incremental load of known files does not look at the staging table.
        IF EXISTS (SELECT FROM staged_files WHERE status = 'pending') THEN
            EXECUTE format('SELECT %I()', v_kind.prepare_function);
        END IF;
        PERFORM hold_files(v_load);

        IF NOT p_complete AND NOT EXISTS (SELECT FROM staged_files WHERE status = 'pending') THEN
            NULL; -- Nothing to merge, and no vanished file to look for.
        ELSIF p_strict AND EXISTS (SELECT FROM staged_files WHERE status IN ('rejected', 'held')) THEN
            UPDATE staged_files SET status = 'held', held_by = '["another file was not loaded, and the load is strict"]'
            WHERE status = 'pending';
        ELSE
            EXECUTE format('SELECT * FROM %I($1, $2)', v_kind.merge_function) INTO v_load USING v_load, p_complete;
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
    EXECUTE format(CASE WHEN pg_relation_size(v_kind.staging_table::regclass) < 8388608 THEN 'DELETE FROM %I' ELSE 'TRUNCATE %I' END,
        v_kind.staging_table);
    DELETE FROM staged_files;
    DELETE FROM skipped_members;

    v_load.finished_at := clock_timestamp();
    INSERT INTO load_runs SELECT v_load.*;
    RETURN v_load;
END;
$$;

COMMENT ON FUNCTION finish_load(text, text, timestamptz, boolean, boolean, boolean, boolean, text, text) IS 'Checks and merges the staged files, writes cache_entries and events, and returns the load with the result of each file. p_kind: see load_kinds. p_mode: full or incremental. p_started_at: start of the load. p_complete: the files are all there are of their kind, so universes without a file are retired or held. p_dry_run: reports the changes and keeps only the row of the load. p_force: overrides file_objections and membership_guards. p_strict: loads nothing if one file is rejected or held. Raises UV001 if another refresh or load is running.';
