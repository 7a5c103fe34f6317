CREATE OR REPLACE FUNCTION apply_memberships(
    p_desired regclass,
    p_groups bigint[],
    p_run_id uuid,
    p_symbols text[] DEFAULT NULL,
    p_append boolean DEFAULT false,
    p_force boolean DEFAULT false,
    p_reason text DEFAULT 'removed',
    p_open_reason text DEFAULT NULL
)
RETURNS SETOF group_change
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path FROM CURRENT
AS $apply$
/*
 * The single path for every change of membership. p_desired is a relation (group_type, group_name, symbol, weight, metadata)
 * that states the members of p_groups; p_symbols restricts it to those symbols. A full join of desired and stored rows yields
 * the differences, and only those are written: memberships, closed and opened history rows. The caller holds lock_universes.
 * Inactive symbols are never added. p_append removes nothing. A group that exceeds membership_guards stays unchanged unless
 * p_force. One statement, so no temporary table is needed and an unchanged market causes no writes.
 * Guards judge what is left after the delisted have gone, and who returns to a ranking takes a substitute's place. NOT IN and
 * ARRAY are hashed once, whatever sizes the planner estimates.
 * SECURITY DEFINER: memberships and history are written by this function only; an operator would otherwise need the right to
 * rewrite the past. p_desired runs with the owner's rights, hence assert_desired_owned().
 */
DECLARE
    v_now timestamptz;
BEGIN
    PERFORM assert_desired_owned(p_desired);
    PERFORM lock_universes('apply_memberships');
    -- Read after taking the lock, so that times of consecutive changes never decrease.
    v_now := clock_timestamp();
    RETURN QUERY EXECUTE format($sql$
        WITH desired AS (
            SELECT g.id AS group_id, d.symbol::text, d.weight, d.metadata
            FROM definition_groups AS g
            JOIN %s AS d ON d.group_type = g.type AND d.group_name = g.name
            WHERE g.id = ANY ($1) %s
                AND d.symbol NOT IN (SELECT s.symbol FROM symbols AS s WHERE NOT s.active)
        ), stored AS (
            SELECT m.id, m.group_id, m.symbol::text, m.weight, m.metadata
            FROM group_memberships AS m
            WHERE m.group_id = ANY ($1) %s
        ), difference AS MATERIALIZED (
            SELECT group_id, symbol, s.id, d.weight, d.metadata,
                d.metadata -> 'sector' IS DISTINCT FROM s.metadata -> 'sector' AS restates_sector,
                CASE
                    WHEN s.group_id IS NULL THEN 'added'
                    WHEN d.group_id IS NULL THEN 'removed'
                    WHEN d.weight IS DISTINCT FROM s.weight THEN 'reweighted'
                    WHEN d.metadata -> 'sector' IS DISTINCT FROM s.metadata -> 'sector' THEN 'reclassified'
                    WHEN d.metadata -> 'rank' IS DISTINCT FROM s.metadata -> 'rank' THEN 'reranked'
                    ELSE 'restated'
                END AS change
            FROM desired AS d
            FULL JOIN stored AS s USING (group_id, symbol)
            WHERE s.group_id IS NULL OR d.group_id IS NULL OR d.weight IS DISTINCT FROM s.weight OR d.metadata IS DISTINCT FROM s.metadata
        ), summary AS MATERIALIZED (
            SELECT d.group_id,
                coalesce(array_agg(d.symbol ORDER BY d.symbol COLLATE "C") FILTER (WHERE change = 'added'), '{}') AS added,
                coalesce(array_agg(d.symbol ORDER BY d.symbol COLLATE "C") FILTER (WHERE change = 'removed' AND NOT $4), '{}') AS removed,
                count(*) FILTER (WHERE change IN ('reweighted', 'reclassified', 'reranked')) AS updated,
                count(*) FILTER (WHERE change = 'removed' AND NOT $4
                    AND d.symbol IN (SELECT s.symbol FROM symbols AS s WHERE NOT s.active)) AS delisted,
                count(*) FILTER (WHERE change = 'added' AND d.metadata ? 'rank' AND EXISTS (SELECT FROM membership_history AS h
                    WHERE h.group_id = d.group_id AND h.symbol = d.symbol AND h.close_reason = 'delisted')) AS returned
            FROM difference AS d
            GROUP BY d.group_id
        ), judged AS MATERIALIZED (
            SELECT u.group_id, u.added, u.removed, u.updated, b.members_before,
                NOT $5 AND exceeds_guard(g.type, b.members_before - u.delisted, cardinality(u.added),
                    greatest(cardinality(u.removed) - u.delisted - u.returned, 0)) AS held
            FROM summary AS u
            JOIN definition_groups AS g ON g.id = u.group_id
            CROSS JOIN LATERAL (SELECT count(*) AS members_before FROM group_memberships AS m WHERE m.group_id = u.group_id) AS b
        ), change AS MATERIALIZED (
            SELECT d.*
            FROM difference AS d
            WHERE d.group_id NOT IN (SELECT j.group_id FROM judged AS j WHERE j.held)
                AND NOT ($4 AND d.change = 'removed')
        ), deleted AS (
            DELETE FROM group_memberships AS m USING change AS c WHERE m.id = c.id AND c.change = 'removed'
        ), updated AS (
            UPDATE group_memberships AS m SET weight = c.weight, metadata = c.metadata
            FROM change AS c WHERE m.id = c.id AND c.change NOT IN ('added', 'removed')
        ), inserted AS (
            INSERT INTO group_memberships (group_id, symbol, weight, metadata, added_at)
            SELECT c.group_id, c.symbol, c.weight, c.metadata, $2 FROM change AS c WHERE c.change = 'added'
        ), closed AS (
            UPDATE membership_history AS h
            SET valid_to = greatest($2, h.valid_from + interval '1 microsecond'), closed_by = $3, close_reason = CASE
                WHEN c.change IN ('reweighted', 'reclassified') THEN c.change
                WHEN EXISTS (SELECT FROM symbols AS s WHERE s.symbol = c.symbol AND NOT s.active) THEN 'delisted'
                ELSE $6
            END
            FROM change AS c
            WHERE h.group_id = c.group_id AND h.symbol = c.symbol AND h.valid_to IS NULL
                AND c.change IN ('removed', 'reweighted', 'reclassified')
        ), opened AS (
            INSERT INTO membership_history (group_id, symbol, weight, market_cap, metadata, valid_from, opened_by, open_reason)
            SELECT c.group_id, c.symbol, c.weight, s.market_cap, c.metadata, $2, $3,
                CASE WHEN c.change = 'added' AND $8 IS NOT NULL THEN open_reason($8, c.group_id, c.symbol) END
            FROM change AS c
            LEFT JOIN symbols AS s ON s.symbol = c.symbol
            WHERE c.change IN ('added', 'reweighted', 'reclassified')
        ), marked AS (
            INSERT INTO market_changes (kind, symbol)
            SELECT 'fund', c.symbol
            FROM change AS c
            WHERE c.restates_sector OR (c.change IN ('added', 'removed', 'reweighted') AND c.group_id = ANY (ARRAY(
                SELECT g.id
                FROM definition_groups AS g
                JOIN sector_etfs AS e ON e.etf = g.name
                WHERE g.type = 'ETF' AND g.id = ANY ($1)
            )))
        )
        SELECT j.group_id::bigint, j.added, j.removed, j.updated, j.members_before, j.held
        FROM judged AS j
        WHERE cardinality(j.added) > 0 OR cardinality(j.removed) > 0 OR j.updated > 0
    $sql$,
        p_desired,
        CASE WHEN p_symbols IS NULL THEN '' ELSE 'AND d.symbol = ANY ($7)' END,
        CASE WHEN p_symbols IS NULL THEN '' ELSE 'AND m.symbol = ANY ($7)' END)
    USING p_groups, v_now, p_run_id, p_append, p_force, p_reason, p_symbols, p_open_reason;
END;
$apply$;

REVOKE ALL ON FUNCTION apply_memberships(regclass, bigint[], uuid, text[], boolean, boolean, text, text) FROM PUBLIC;
COMMENT ON FUNCTION apply_memberships(regclass, bigint[], uuid, text[], boolean, boolean, text, text) IS 'Sets the members of the groups p_groups (definition_groups.id) to what the relation p_desired states, writes only the differences and returns one row per changed group. p_desired: columns group_type, group_name, symbol, weight (percent), metadata. p_run_id: recorded as opened_by and closed_by in history. p_symbols: restricts the change to these symbols; NULL: all. p_append: removes nothing. p_force: overrides membership_guards. p_reason: close_reason of removed members. p_open_reason: open_reason of added members; returned becomes admitted for a symbol that never was a member. Raises UV001 if another session is changing memberships, UV002 if p_desired belongs to another role.';
