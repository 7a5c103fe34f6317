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
 * Applies the rows of staged_members to the universes of their files, creating those that are new. With p_complete the
 * files are all there are of their type, and the universes of files that are gone are looked at as well.
 */
DECLARE
    v_type text := CASE p_load.kind WHEN 'etfs' THEN 'ETF' WHEN 'themes' THEN 'THEME' ELSE 'UNIVERSE' END;
    v_groups bigint[];
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
            UPDATE staged_files AS f
            SET status = 'held', held_by = jsonb_build_array(format('it would remove %s of %s members, more than membership_guards allow',
                cardinality(v_change.removed), v_change.members_before))
            FROM definition_groups AS g
            WHERE g.id = v_change.group_id AND g.name = f.group_name AND g.type = f.group_type;
        END IF;
        RETURN NEXT v_change;
    END LOOP;
    PERFORM record_files(p_load);

    IF p_complete THEN
        RETURN QUERY SELECT * FROM retire_members(p_load, v_type);
    END IF;
END;
$$;

COMMENT ON FUNCTION merge_members(load_runs, boolean) IS 'Applies the staged universes and returns what changed.';
