CREATE OR REPLACE FUNCTION @api@.membership_diff(
    p_name text,
    p_type text,
    p_from timestamptz,
    p_to timestamptz DEFAULT now(),
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (symbol text, change text, weight_before numeric, weight_after numeric, changed_at timestamptz, run_id uuid, reason text)
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Compares members at two times; changes undone in between do not appear. Raises UV003 if either time precedes the universe's
 * history, UV002 if p_from is after p_to.
 */
DECLARE
    v_group_id bigint := find_group(p_name, p_type, p_environment);
BEGIN
    IF p_from > p_to THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('%s is after %s', p_from, p_to),
            HINT = 'Pass the earlier time first.';
    END IF;

    RETURN QUERY
    SELECT
        coalesce(b.symbol, a.symbol),
        CASE WHEN a.symbol IS NULL THEN 'added' WHEN b.symbol IS NULL THEN 'removed' ELSE 'reweighted' END,
        a.weight,
        b.weight,
        CASE WHEN b.symbol IS NULL THEN l.valid_to ELSE coalesce(o.valid_from, b.valid_from) END,
        CASE WHEN b.symbol IS NULL THEN l.closed_by WHEN a.symbol IS NULL THEN o.opened_by ELSE b.opened_by END,
        CASE WHEN b.symbol IS NULL THEN l.close_reason ELSE membership_reason(coalesce(o.metadata, b.metadata)) END
    FROM history_at(v_group_id, p_from) AS a
    FULL JOIN history_at(v_group_id, p_to) AS b ON b.symbol = a.symbol
    LEFT JOIN LATERAL (
        SELECT h.valid_to, h.closed_by, h.close_reason
        FROM membership_history AS h
        WHERE b.symbol IS NULL AND h.group_id = v_group_id AND h.symbol = a.symbol AND h.valid_to <= p_to
        ORDER BY h.valid_to DESC
        LIMIT 1
    ) AS l ON true
    LEFT JOIN LATERAL (
        -- A member may have been reweighted since it was added: the first row of the period has the time of the addition.
        SELECT h.valid_from, h.opened_by, h.metadata
        FROM membership_history AS h
        WHERE a.symbol IS NULL AND h.group_id = v_group_id AND h.symbol = b.symbol AND h.valid_from <= b.valid_from
            AND NOT EXISTS (
                SELECT
                FROM membership_history AS p
                WHERE p.group_id = v_group_id AND p.symbol = h.symbol AND p.valid_to = h.valid_from
            )
        ORDER BY h.valid_from DESC
        LIMIT 1
    ) AS o ON true
    WHERE a.symbol IS NULL OR b.symbol IS NULL OR a.weight IS DISTINCT FROM b.weight
    ORDER BY a.symbol IS NOT NULL, b.symbol IS NULL, coalesce(b.symbol, a.symbol) COLLATE "C";
END;
$$;

COMMENT ON FUNCTION @api@.membership_diff(text, text, timestamptz, timestamptz, text) IS 'Returns the difference between the members of a universe at two times: added, removed or reweighted, weights in percent of the fund, with time, reason, and run or load of each change. Raises UV003 for an unknown universe or a time before its history, UV002 when p_from is after p_to.
p_name: name of the universe.
p_type: type of the universe.
p_from: the earlier time.
p_to: the later time.
p_environment: environment of the universes.';
