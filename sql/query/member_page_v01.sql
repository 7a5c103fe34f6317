CREATE OR REPLACE FUNCTION member_page(
    p_name text,
    p_types text[],
    p_as_of text,
    p_limit integer DEFAULT NULL,
    p_offset integer DEFAULT 0,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
SET TimeZone = 'UTC'
SET jit = off
AS $$
/*
 * Timestamps are formatted as the relationship cache formats them. settled: the time lies far enough in the past for a later
 * call to return the same answer.
 */
DECLARE
    v_group definition_groups;
    v_at timestamptz;
    v_iso text := 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';
BEGIN
    SELECT g.* INTO v_group FROM definition_groups AS g WHERE g.id = find_universe(p_name, p_types, p_environment);
    v_at := resolve_as_of(p_as_of);
    RETURN (
        WITH member AS MATERIALIZED (
            SELECT c.* FROM constituents_at(v_group.id, v_at) AS c
        )
        SELECT jsonb_build_object(
            'type', v_group.type, 'name', v_group.name, 'title', v_group.description,
            'at', to_char(v_at, v_iso),
            'settled', v_at < clock_timestamp() - interval '1 second',
            'total', (SELECT count(*) FROM member),
            'weight_sum', (SELECT sum(m.weight) FROM member AS m),
            'members', coalesce(jsonb_agg(jsonb_build_object('place', m.place, 'symbol', m.symbol, 'name', m.name, 'weight', m.weight,
                'rank', m.rank, 'market_cap', m.market_cap, 'sector', m.sector, 'since', to_char(m.since, v_iso)) ORDER BY m.place), '[]'))
        FROM (SELECT * FROM member AS x ORDER BY x.place LIMIT p_limit OFFSET p_offset) AS m
    );
END;
$$;

COMMENT ON FUNCTION member_page(text, text[], text, integer, integer, text) IS 'Returns one page of the members of a universe at the time p_as_of (see resolve_as_of) as JSON: p_limit of them (NULL: all) after the first p_offset, in the order of constituents_at, with total and weight_sum (percent). p_name, p_types: see find_universe. settled: false while the time is now, so the answer may still change. Raises UV002 and UV003 as those functions do.';
