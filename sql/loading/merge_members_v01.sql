CREATE OR REPLACE FUNCTION merge_members(
    p_load load_runs,
    p_complete boolean
)
RETURNS SETOF group_change
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Applies the rows of staged_members to the universes of their files. With p_complete the files are all there are of
 * their type: a universe that was loaded from a file which is gone loses its members too, if p_load forces it, and is
 * reported as held otherwise. Writes to a group where its members come from, only when that has changed.
 */
DECLARE
    v_type text := CASE p_load.kind WHEN 'etfs' THEN 'ETF' ELSE 'UNIVERSE' END;
    v_groups bigint[];
    v_gone bigint[];
    v_change group_change;
BEGIN
    INSERT INTO definition_groups (name, type, description, metadata, environment)
    SELECT f.group_name, f.group_type, coalesce(s.name, 'Loaded from ' || f.name), '{"source": "file"}', p_load.environment
    FROM staged_files AS f
    LEFT JOIN symbols AS s ON s.symbol = f.group_name AND f.group_type = 'ETF'
    WHERE f.status = 'pending' AND NOT EXISTS (
        SELECT FROM definition_groups AS g
        WHERE g.name = f.group_name AND g.type = f.group_type AND g.environment = p_load.environment
    )
    ON CONFLICT (name, type, environment) DO NOTHING;

    SELECT array_agg(g.id) INTO v_groups
    FROM staged_files AS f
    JOIN definition_groups AS g ON g.name = f.group_name AND g.type = f.group_type AND g.environment = p_load.environment
    WHERE f.status = 'pending';

    FOR v_change IN
        SELECT * FROM apply_memberships('desired_members', coalesce(v_groups, '{}'), p_load.id, p_force => p_load.force)
    LOOP
        IF v_change.held THEN
            UPDATE staged_files AS f SET status = 'held'
            FROM definition_groups AS g
            WHERE g.id = v_change.group_id AND g.name = f.group_name AND g.type = f.group_type;
        END IF;
        RETURN NEXT v_change;
    END LOOP;

    UPDATE definition_groups AS g
    SET updated_at = now(), metadata = coalesce(g.metadata, '{}') - 'retired_at' || jsonb_build_object(
        'source', 'file', 'file', f.name, 'md5', f.md5, 'load_id', p_load.id, 'loaded_at', p_load.started_at)
    FROM staged_files AS f
    WHERE f.status = 'pending' AND g.name = f.group_name AND g.type = f.group_type AND g.environment = p_load.environment
        AND (g.metadata ->> 'md5' IS DISTINCT FROM f.md5 OR g.metadata ->> 'file' IS DISTINCT FROM f.name
            OR g.metadata ? 'retired_at');

    IF p_complete THEN
        SELECT array_agg(g.id) INTO v_gone
        FROM definition_groups AS g
        WHERE g.type = v_type AND g.environment = p_load.environment AND g.metadata ->> 'source' = 'file'
            AND NOT g.metadata ? 'retired_at'
            AND NOT EXISTS (SELECT FROM staged_files AS f WHERE f.group_name = g.name);
        FOR v_change IN
            SELECT * FROM apply_memberships('desired_nothing', v_gone, p_load.id, p_force => p_load.force,
                p_reason => 'file removed')
        LOOP
            UPDATE definition_groups AS g
            SET updated_at = now(), metadata = g.metadata || jsonb_build_object('retired_at', p_load.started_at)
            WHERE g.id = v_change.group_id AND NOT v_change.held;
            RETURN NEXT v_change;
        END LOOP;
    END IF;
END;
$$;

COMMENT ON FUNCTION merge_members(load_runs, boolean) IS 'Applies the staged universes and returns what changed.';
