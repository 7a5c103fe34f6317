CREATE OR REPLACE FUNCTION retire_members(
    p_load load_runs
)
RETURNS SETOF group_change
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Universes of the load's type whose file is not among the staged ones: they lose their members if p_load is forced, and are
 * reported as held otherwise, regardless of membership_guards, because the file may just be late.
 */
DECLARE
    v_gone bigint[] := ARRAY(
        SELECT g.id
        FROM definition_groups AS g
        JOIN load_kinds AS k ON k.group_type = g.type AND k.kind = p_load.kind
        WHERE g.environment = p_load.environment AND g.metadata ->> 'source' = 'file'
            AND NOT g.metadata ? 'retired_at'
            AND NOT EXISTS (SELECT FROM staged_files AS f WHERE f.group_name = g.name));
    v_change group_change;
BEGIN
    IF NOT p_load.force THEN
        RETURN QUERY
        SELECT m.group_id::bigint, '{}'::text[], array_agg(m.symbol::text ORDER BY m.symbol COLLATE "C"), 0::bigint, count(*), true
        FROM group_memberships AS m
        WHERE m.group_id = ANY (v_gone)
        GROUP BY m.group_id;
        RETURN;
    END IF;
    FOR v_change IN
        SELECT * FROM apply_memberships('desired_nothing', v_gone, p_load.id, p_force => true, p_reason => 'file removed')
    LOOP
        UPDATE definition_groups AS g
        SET updated_at = now(), metadata = g.metadata || jsonb_build_object('retired_at', p_load.started_at)
        WHERE g.id = v_change.group_id;
        RETURN NEXT v_change;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION retire_members(load_runs) IS 'Empties the universes whose file is missing if the load is forced, else reports them as held, and returns the changes.';
