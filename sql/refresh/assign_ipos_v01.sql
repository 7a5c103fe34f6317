CREATE OR REPLACE FUNCTION assign_ipos(
    p_context refresh_context
)
RETURNS SETOF group_change
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Stocks listed within settings.ipo_days form the IPO group; those new in it join the themes whose rules they meet. */
DECLARE
    v_change group_change;
BEGIN
    FOR v_change IN
        SELECT * FROM apply_memberships('desired_ipos', group_ids('{IPO}', p_context.environment),
            p_context.run_id, NULL, p_context.append, p_context.force)
    LOOP
        RETURN NEXT v_change;
        IF cardinality(v_change.added) > 0 THEN
            RETURN QUERY
            SELECT * FROM apply_memberships('desired_themes', group_ids('{THEME}', p_context.environment),
                p_context.run_id, v_change.added, true, p_context.force);
        END IF;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION assign_ipos(refresh_context) IS 'Updates the group recent_ipos, adds its new stocks to the themes whose rules they meet, and returns what changed.';
