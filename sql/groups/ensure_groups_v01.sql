CREATE OR REPLACE FUNCTION ensure_groups(
    p_environment text,
    p_run_id uuid,
    p_types text[] DEFAULT NULL,
    p_append boolean DEFAULT false
)
RETURNS SETOF group_change
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Creates the groups that the rules ask for and retires those that they no longer ask for. A retired group loses its members
 * through apply_memberships, without guards because an operator deleted its rule, and keeps its row and history. p_types
 * restricts it to some types (NULL: all); p_append retires nothing.
 */
DECLARE
    v_retired bigint[];
BEGIN
    -- A new universe is a change even while it is empty: readers get an empty entry instead of none.
    RETURN QUERY
    WITH created AS (
        INSERT INTO definition_groups (name, type, description, metadata, environment)
        SELECT w.name, w.type, w.description, '{"source": "rules"}', p_environment
        FROM managed_groups AS w
        LEFT JOIN definition_groups AS g ON g.name = w.name AND g.type = w.type AND g.environment = p_environment
        WHERE g.id IS NULL AND (p_types IS NULL OR w.type = ANY (p_types))
        RETURNING id
    ), restored AS (
        UPDATE definition_groups AS g
        SET metadata = g.metadata - 'retired_at', updated_at = now()
        FROM managed_groups AS w
        WHERE g.name = w.name AND g.type = w.type AND g.environment = p_environment AND g.metadata ? 'retired_at'
            AND (p_types IS NULL OR g.type = ANY (p_types))
        RETURNING g.id
    )
    SELECT n.id::bigint, '{}'::text[], '{}'::text[], 0::bigint, 0::bigint, false
    FROM (SELECT id FROM created UNION ALL SELECT id FROM restored) AS n;

    WITH retired AS (
        UPDATE definition_groups AS g
        SET metadata = coalesce(g.metadata, '{}') || jsonb_build_object('retired_at', now()), updated_at = now()
        WHERE NOT p_append AND g.environment = p_environment AND (p_types IS NULL OR g.type = ANY (p_types))
            AND g.metadata ->> 'source' = 'rules' AND NOT g.metadata ? 'retired_at'
            AND NOT EXISTS (SELECT FROM managed_groups AS w WHERE w.name = g.name AND w.type = g.type)
        RETURNING g.id
    )
    SELECT array_agg(id) INTO v_retired FROM retired;

    IF v_retired IS NOT NULL THEN
        RETURN QUERY
        SELECT * FROM apply_memberships('desired_nothing', v_retired, p_run_id, p_force => true, p_reason => 'retired');
    END IF;
END;
$$;

COMMENT ON FUNCTION ensure_groups(text, uuid, text[], boolean) IS 'Creates the groups of managed_groups that are missing, retires those that no rule asks for any more, and returns what changed. p_run_id: recorded in history. p_types: only these group types; NULL: all. p_append: retires nothing.';
