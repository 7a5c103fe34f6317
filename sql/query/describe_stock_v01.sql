CREATE OR REPLACE FUNCTION describe_stock(
    p_symbol text,
    p_at timestamptz DEFAULT NULL,
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
 * Sector, industry and band are read from the memberships, so a past time shows what was stored then, not what today's rules
 * would decide. Name, type and exchange have no history: they are today's. The statements of sector_sources are known for now
 * only.
 */
DECLARE
    v_symbol text;
    v_document jsonb;
    v_candidates jsonb;
    v_environment text := current_setting('universes.environment', true);
BEGIN
    PERFORM assert_known(p_at, p_environment);
    v_symbol := find_symbol(p_symbol, p_environment);

    WITH membership AS MATERIALIZED (
        SELECT u.* FROM stock_universes(v_symbol, p_at, p_environment) AS u
    ), class AS (
        SELECT m.type, jsonb_strip_nulls(jsonb_build_object('name', m.name, 'title', m.title, 'source', m.metadata ->> 'source',
            'rule', m.metadata ->> 'rule', 'since', m.since)) AS described
        FROM membership AS m
        WHERE m.member
    )
    SELECT jsonb_build_object(
        'universes', (SELECT coalesce(jsonb_agg(to_jsonb(m) - '{member,until,end_reason,metadata}'::text[]), '[]')
            FROM membership AS m WHERE m.member),
        'past', (SELECT coalesce(jsonb_agg(to_jsonb(m) - '{member,rank,metadata}'::text[]), '[]') FROM membership AS m WHERE NOT m.member),
        'sector', (SELECT c.described FROM class AS c WHERE c.type = 'SECTOR' LIMIT 1),
        'industry', (SELECT c.described FROM class AS c WHERE c.type = 'INDUSTRY' LIMIT 1),
        'band', (SELECT c.described FROM class AS c WHERE c.type = 'MARKET_CAP' LIMIT 1),
        'market_cap', (SELECT m.market_cap FROM membership AS m WHERE p_at IS NOT NULL AND m.member ORDER BY m.since DESC LIMIT 1))
    INTO v_document;

    IF p_at IS NULL THEN
        -- The views about sectors read the environment from this setting.
        PERFORM set_config('universes.environment', p_environment, true);
        SELECT jsonb_agg(to_jsonb(c) - 'symbol' ORDER BY c.position) INTO v_candidates FROM sector_candidates AS c WHERE c.symbol = v_symbol;
        PERFORM set_config('universes.environment', coalesce(v_environment, ''), true);
    END IF;

    RETURN jsonb_build_object('symbol', v_symbol, 'environment', p_environment, 'at', p_at, 'listed', false) || v_document
        || coalesce((
            SELECT jsonb_build_object('listed', true, 'name', s.name, 'type', s.type, 'exchange', s.primary_exchange, 'active', s.active,
                'country', s.country, 'list_date', s.list_date)
                || CASE WHEN p_at IS NULL THEN jsonb_build_object('market_cap', s.market_cap) ELSE '{}' END
            FROM symbols AS s WHERE s.symbol = v_symbol
        ), '{}')
        || jsonb_build_object(
            'sector_candidates', coalesce(v_candidates, '[]'),
            'not_known', (
                SELECT coalesce(jsonb_agg(to_jsonb(x) ORDER BY x.type), '[]')
                FROM (
                    SELECT g.type, count(*) AS universes, min(k.since) AS known_since
                    FROM definition_groups AS g
                    CROSS JOIN LATERAL (SELECT min(h.valid_from) AS since FROM membership_history AS h WHERE h.group_id = g.id) AS k
                    WHERE g.environment = p_environment AND k.since > p_at
                    GROUP BY g.type
                ) AS x));
END;
$$;

COMMENT ON FUNCTION describe_stock(text, timestamptz, text) IS 'Returns one symbol as JSON: listing, market cap (US dollars), band, sector with source and rule, statements of all sources (sector_candidates), universes with rank, weight (percent), since and reason, past memberships, and the types whose history begins after p_at (not_known). p_at: a past time; NULL: now. Raises UV003 for an unknown symbol or a time before history.';
