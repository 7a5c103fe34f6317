CREATE OR REPLACE FUNCTION @api@.explain_membership(
    p_symbol text,
    p_name text,
    p_type text,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (
    member boolean,
    since timestamptz,
    until timestamptz,
    reason text,
    file text,
    line bigint,
    rank integer,
    weight numeric,
    market_cap bigint,
    run_id uuid,
    run text,
    triggered_by text,
    ended_by uuid,
    end_reason text
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* Periods of membership, latest first: consecutive history rows without a gap form one period. */
    WITH history AS (
        SELECT h.*, lag(h.valid_to) OVER (ORDER BY h.valid_from) IS DISTINCT FROM h.valid_from AS begins
        FROM membership_history AS h
        WHERE h.group_id = find_group(p_name, p_type, p_environment) AND h.symbol = p_symbol
    ), numbered AS (
        SELECT h.*, count(*) FILTER (WHERE h.begins) OVER (ORDER BY h.valid_from) AS stretch FROM history AS h
    ), stretches AS (
        SELECT DISTINCT ON (n.stretch) n.*,
            last_value(n.valid_to) OVER w AS until,
            last_value(n.closed_by) OVER w AS ended_by,
            last_value(n.close_reason) OVER w AS end_reason,
            last_value(n.weight) OVER w AS last_weight
        FROM numbered AS n
        WINDOW w AS (PARTITION BY n.stretch ORDER BY n.valid_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
        ORDER BY n.stretch, n.valid_from
    )
    SELECT s.until IS NULL, s.valid_from, s.until, nullif(concat_ws(', ', s.open_reason, membership_reason(s.metadata)), ''), f.name,
        (s.metadata ->> 'line')::bigint,
        (s.metadata ->> 'rank')::integer, s.last_weight, s.market_cap, s.opened_by,
        CASE WHEN s.opened_by IS NULL THEN 'installation' WHEN r.kind = r.mode THEN r.kind ELSE r.kind || ' ' || r.mode END,
        r.triggered_by, s.ended_by, s.end_reason
    FROM stretches AS s
    LEFT JOIN recorded_runs AS r ON r.id = s.opened_by
    LEFT JOIN LATERAL (
        -- File of the load itself, or for a rollback, of the last load before the restored time.
        SELECT x ->> 'name' AS name
        FROM history AS o
        JOIN load_runs AS l ON l.id = o.opened_by
        CROSS JOIN jsonb_array_elements(l.files) AS x
        WHERE s.metadata ? 'line' AND o.metadata = s.metadata AND o.valid_from <= s.valid_from AND x ->> 'universe' = p_name
        ORDER BY o.valid_from DESC
        LIMIT 1
    ) AS f ON true
    ORDER BY s.valid_from DESC
$$;

COMMENT ON FUNCTION @api@.explain_membership(text, text, text, text) IS 'Explains why a symbol is or was in a universe, one row per period of membership, latest first: since when, the rule, or file and line, rank and market cap (US dollars) at that time, weight (percent) at its end, the run or load, and how it ended. No row: it was never a member. Raises UV003 for an unknown universe.
p_symbol: the symbol.
p_name: name of the universe.
p_type: type of the universe.
p_environment: environment of the universes.';
