CREATE OR REPLACE FUNCTION @api@.import_legacy(
    p_dry_run boolean DEFAULT false,
    p_environment text DEFAULT 'DEFAULT',
    p_triggered_by text DEFAULT session_user
)
RETURNS sync_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Copies the universes of an old cache_entries into groups with memberships and a history that begins now; the old rows stay as
 * they are. Universes that a file or the rules maintain by now, or that had members before this package was installed, are left
 * alone, so repeated or late calls are harmless. Imported universes whose name a rule has are maintained by the rules from the
 * next refresh on.
 */
DECLARE
    v_run sync_runs;
    v_clock timestamptz := clock_timestamp();
    v_groups bigint[];
    v_changes group_change[];
BEGIN
    v_run := start_run('import', false, p_dry_run, true, p_environment, p_triggered_by);
    BEGIN
        PERFORM set_config('universes.environment', p_environment, true);
        WITH created AS (
            INSERT INTO definition_groups (name, type, description, metadata, environment)
            SELECT l.group_name, l.group_type, coalesce(w.description, 'Imported from cache_entries'),
                jsonb_build_object('source', CASE WHEN w.name IS NULL THEN 'legacy' ELSE 'rules' END), p_environment
            FROM legacy_universes AS l
            LEFT JOIN managed_groups AS w ON w.type = l.group_type AND w.name = l.group_name
            WHERE l.environment = p_environment
            ON CONFLICT (name, type, environment) DO NOTHING
            RETURNING id
        )
        SELECT coalesce(array_agg(x.id), '{}') INTO v_groups
        FROM (
            SELECT c.id FROM created AS c
            UNION ALL
            SELECT g.id
            FROM legacy_universes AS l
            JOIN definition_groups AS g ON g.name = l.group_name AND g.type = l.group_type AND g.environment = p_environment
            WHERE l.environment = p_environment
                AND NOT EXISTS (SELECT FROM managed_groups AS w WHERE w.type = g.type AND w.name = g.name)
                AND CASE WHEN g.metadata ? 'source' THEN g.metadata ->> 'source' = 'legacy'
                    ELSE NOT EXISTS (SELECT FROM membership_history AS h WHERE h.group_id = g.id) END
        ) AS x;
        v_changes := ARRAY(SELECT c FROM apply_memberships('desired_legacy', v_groups, v_run.id, p_force => true) AS c);
        -- A rollback may have retired some of them.
        UPDATE definition_groups AS g SET metadata = g.metadata - 'retired_at', updated_at = now()
        WHERE g.id = ANY (v_groups) AND g.metadata ? 'retired_at';
        v_run := finish_step(v_run, 'import', v_clock, count_changes(v_changes) || jsonb_build_object(
            'universes', cardinality(v_groups),
            'left_alone', (SELECT count(*) FROM legacy_universes AS l WHERE l.environment = p_environment) - cardinality(v_groups)));
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

COMMENT ON FUNCTION @api@.import_legacy(boolean, text, text) IS 'Imports the universes of old cache_entries rows (view legacy_universes) and returns the run; its step counts universes imported and left_alone. Raises UV001 (busy).
p_dry_run: roll the run back after reporting what it would change.
p_environment: environment of the universes.
p_triggered_by: recorded with the run.';
