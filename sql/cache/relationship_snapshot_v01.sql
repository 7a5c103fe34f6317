CREATE OR REPLACE FUNCTION @api@.relationship_snapshot(
    p_environment text DEFAULT 'DEFAULT',
    p_after bigint DEFAULT NULL
)
RETURNS json
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
SET jit = off
SET extra_float_digits = 1
AS $$
/*
 * One document, so one round trip and one snapshot: a STABLE function reads what its caller's statement sees. seq is the last
 * event of that snapshot, and the p_after of the next call.
 *
 * With p_after only what may have changed since is returned. Every change of a membership has its universe_updated event; a run
 * (cache_sync_completed) also changes market caps and may retire a universe that was already empty. ids always lists all
 * universes: one that is missing has been deleted. complete: groups is everything, because p_after is NULL or an event that the
 * outbox no longer has.
 *
 * Columns are tab-separated texts in byte order of the symbols (no symbol contains a tab): PostgreSQL joins and a reader splits
 * a text much faster than either handles 50,000 values. A column without any value is null.
 */
DECLARE
    v_seq bigint := coalesce((SELECT max(e.seq) FROM universe_events AS e), 0);
    v_complete boolean := p_after IS NULL
        OR (p_after <> v_seq AND NOT EXISTS (SELECT FROM universe_events AS e WHERE e.seq = p_after));
    v_news record;
    v_groups json;
    v_symbols json;
BEGIN
    SELECT * INTO v_news FROM relationship_events(CASE WHEN v_complete THEN v_seq ELSE p_after END);

    SELECT json_agg(json_build_object('id', g.id, 'type', g.type, 'name', g.name, 'title', g.description,
        'source', g.metadata ->> 'source', 'retired', coalesce(g.metadata ? 'retired_at', false), 'count', m.members,
        'weight_sum', m.weight_sum, 'symbols', m.symbols, 'weights', m.weights, 'ranks', m.ranks, 'since', m.since))
    INTO v_groups
    FROM definition_groups AS g
    CROSS JOIN LATERAL (
        SELECT
            count(*) AS members,
            sum(x.weight) AS weight_sum,
            string_agg(x.symbol, E'\t') AS symbols,
            CASE WHEN count(x.weight) > 0 THEN string_agg(coalesce(x.weight::text, ''), E'\t') END AS weights,
            CASE WHEN count(x.rank) > 0 THEN string_agg(coalesce(x.rank, ''), E'\t') END AS ranks,
            string_agg(coalesce(x.since, ''), E'\t') AS since
        FROM (
            SELECT y.symbol, y.weight, y.metadata ->> 'rank' AS rank, date_part('epoch', y.added_at)::text AS since
            FROM group_memberships AS y
            WHERE y.group_id = g.id
            ORDER BY y.symbol COLLATE "C"
        ) AS x
    ) AS m
    WHERE g.environment = p_environment AND (
        v_complete
        OR (v_news.run_completed AND g.metadata ? 'retired_at')
        OR (g.type, g.name) IN (SELECT n.type, n.name FROM unnest(v_news.types, v_news.names) AS n (type, name))
    );

    IF v_complete OR v_news.run_completed THEN
        SELECT json_build_object('symbols', string_agg(x.symbol, E'\t'), 'names', json_agg(x.name),
            'market_caps', string_agg(coalesce(x.market_cap::text, ''), E'\t'))
        INTO v_symbols
        FROM (SELECT s.symbol, s.name, s.market_cap FROM symbols AS s ORDER BY s.symbol COLLATE "C") AS x;
    END IF;

    RETURN json_build_object('seq', v_seq, 'complete', v_complete,
        'ids', (SELECT coalesce(json_agg(g.id), '[]') FROM definition_groups AS g WHERE g.environment = p_environment),
        'groups', coalesce(v_groups, '[]'), 'symbols', v_symbols);
END;
$$;

COMMENT ON FUNCTION @api@.relationship_snapshot(text, bigint) IS 'Returns all universes with their members, and all symbols, as one document for a cache: {seq, complete, ids, groups, symbols}. Weights are percent, market caps US dollars, since is seconds since 1970.
p_environment: environment of the universes.
p_after: seq of an earlier snapshot: only groups changed by later events are returned, and symbols only after a run; NULL: everything.';
