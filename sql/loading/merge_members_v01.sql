CREATE OR REPLACE FUNCTION merge_members(
    p_load load_runs,
    p_complete boolean
)
RETURNS load_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Applies the rows of staged_members to the universes of their files, creating new ones. With p_complete the files are all
 * there are of their kind, and universes whose file is missing are handled by retire_members.
 */
DECLARE
    v_groups bigint[];
    v_changes group_change[];
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

    v_changes := ARRAY(
        SELECT c FROM apply_memberships('desired_members', coalesce(v_groups, '{}'), p_load.id, p_force => p_load.force) AS c);
    UPDATE staged_files AS f
    SET status = 'held', held_by = jsonb_build_array(format('it would remove %s of %s members, more than membership_guards allow',
        cardinality(c.removed), c.members_before))
    FROM unnest(v_changes) AS c
    JOIN definition_groups AS g ON g.id = c.group_id
    WHERE c.held AND g.name = f.group_name AND g.type = f.group_type;
    PERFORM withhold_members(p_load.environment);
    PERFORM record_files(p_load);

    IF p_complete THEN
        v_changes := v_changes || ARRAY(SELECT c FROM retire_members(p_load) AS c);
    END IF;
    RETURN publish_load(p_load, v_changes);
END;
$$;

COMMENT ON FUNCTION merge_members(load_runs, boolean) IS 'Applies the staged universes, publishes what changed and returns the load with changes and total_changes. p_complete: the files are all there are of their kind.';
