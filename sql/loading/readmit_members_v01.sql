CREATE OR REPLACE FUNCTION readmit_members(
    p_symbols text[],
    p_context refresh_context
)
RETURNS SETOF group_change
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET plan_cache_mode = force_custom_plan
AS $$
/*
 * Rows of withheld_members whose reason is gone become members: the symbol is active again or appears in symbols, or an alias
 * or a rule has changed. Former members return as they were, other rows go through the rules of a load again. Members that
 * symbols does not know go with them, because an alias or a new symbol may spell them differently now: LENB is LEN.B.
 * p_symbols restricts the search (NULL: all).
 */
DECLARE
    v_groups bigint[];
    v_symbols text[];
    v_stated jsonb;
    v_change group_change;
BEGIN
    IF cardinality(p_symbols) = 0 THEN
        RETURN;
    END IF;
    SELECT array_agg(DISTINCT r.group_id), array_agg(DISTINCT r.symbol) INTO v_groups, v_symbols
    FROM desired_returns AS r
    WHERE r.environment = p_context.environment AND (p_symbols IS NULL OR r.symbol IN (SELECT unnest(p_symbols)));
    IF v_groups IS NOT NULL THEN
        RETURN QUERY
        SELECT * FROM apply_memberships('desired_returns', v_groups, p_context.run_id, v_symbols, p_append => true, p_force => true,
            p_open_reason => 'returned');
        DELETE FROM withheld_members AS w
        USING group_memberships AS m
        WHERE w.group_id = ANY (v_groups) AND w.reason = 'inactive' AND m.group_id = w.group_id AND m.symbol = w.symbol;
    END IF;

    v_stated := withheld_rows(p_symbols, p_context.environment);
    IF v_stated = '[]' THEN
        RETURN;
    END IF;
    v_groups := restage_members(v_stated);

    RETURN QUERY
    SELECT * FROM apply_memberships('desired_members', v_groups, p_context.run_id,
        ARRAY(SELECT DISTINCT m.symbol FROM staged_members AS m), p_append => true, p_force => true, p_open_reason => 'returned');

    -- Members that are spelled differently now leave under their old symbol.
    FOR v_change IN
        SELECT c.*
        FROM (
            SELECT r.group_id, array_agg(r.symbol) AS symbols
            FROM jsonb_to_recordset(v_stated) AS r (file integer, line bigint, group_id bigint, symbol text, is_member boolean)
            JOIN staged_members AS m ON m.file = r.file AND m.line = r.line AND m.symbol <> r.symbol
            JOIN group_memberships AS n ON n.group_id = r.group_id AND n.symbol = m.symbol
            WHERE r.is_member
            GROUP BY r.group_id
        ) AS x
        CROSS JOIN LATERAL apply_memberships('desired_nothing', ARRAY[x.group_id], p_context.run_id, x.symbols, p_force => true,
            p_reason => 'respelled') AS c
    LOOP
        RETURN NEXT v_change;
    END LOOP;

    PERFORM release_withheld(v_stated);
    DELETE FROM staged_members;
    DELETE FROM skipped_members;
    DELETE FROM staged_files;
END;
$$;

COMMENT ON FUNCTION readmit_members(text[], refresh_context) IS 'Lets rows of withheld_members in whose reason is gone, spells members that symbols did not know as symbols does, and returns what changed. p_symbols: symbols that changed; NULL: all.';
