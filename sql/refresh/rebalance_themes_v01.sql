CREATE OR REPLACE FUNCTION rebalance_themes(
    p_symbols text[],
    p_context refresh_context
)
RETURNS SETOF group_change
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Applies theme_rules to p_symbols (NULL: all) and writes the statistics of each theme that changed to its metadata. */
DECLARE
    v_change group_change;
BEGIN
    IF cardinality(p_symbols) = 0 THEN
        RETURN;
    END IF;
    FOR v_change IN
        SELECT * FROM apply_memberships('desired_themes', group_ids('{THEME}', p_context.environment),
            p_context.run_id, p_symbols, p_context.append, p_context.force)
    LOOP
        UPDATE definition_groups AS g
        SET updated_at = now(), metadata = coalesce(g.metadata, '{}') || jsonb_build_object('last_rebalance',
            jsonb_build_object('at', now(), 'run_id', p_context.run_id, 'added', cardinality(v_change.added),
                'removed', cardinality(v_change.removed), 'members_before', v_change.members_before))
        WHERE g.id = v_change.group_id AND NOT v_change.held;
        RETURN NEXT v_change;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION rebalance_themes(text[], refresh_context) IS 'Applies the theme rules to p_symbols (NULL: all), records last_rebalance in the metadata of changed themes, and returns what changed.';
