CREATE OR REPLACE FUNCTION describe_universe(
    p_name text,
    p_types text[] DEFAULT NULL,
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
/* One universe in one document, now or at a past time. */
DECLARE
    v_group definition_groups;
    v_facts jsonb;
    v_members jsonb;
BEGIN
    PERFORM assert_known(p_at, p_environment);
    SELECT g.* INTO v_group FROM definition_groups AS g WHERE g.id = find_universe(p_name, p_types, p_environment);

    WITH member AS MATERIALIZED (
        SELECT c.* FROM constituents_at(v_group.id, p_at) AS c
    ), sector AS (
        SELECT coalesce(m.sector, 'none') AS sector, count(*) AS constituents, sum(m.weight) AS weight
        FROM member AS m
        GROUP BY 1
    )
    SELECT jsonb_build_object(
        'size', (SELECT count(*) FROM member),
        'weight_sum', (SELECT sum(m.weight) FROM member AS m),
        'sectors', (SELECT coalesce(jsonb_agg(jsonb_build_object('sector', s.sector, 'title', coalesce(t.title, 'No sector'),
                'constituents', s.constituents, 'weight', s.weight)
                ORDER BY s.weight DESC NULLS LAST, s.constituents DESC, s.sector), '[]')
            FROM sector AS s LEFT JOIN sectors AS t ON t.name = s.sector),
        'constituents', (SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY m.place), '[]') FROM member AS m))
    INTO v_members;

    SELECT jsonb_build_object('known_since', min(h.valid_from), 'last_change', greatest(max(h.valid_from), max(h.valid_to) FILTER (
        WHERE h.valid_to <= coalesce(p_at, 'infinity'))))
    INTO v_facts
    FROM membership_history AS h
    WHERE h.group_id = v_group.id AND (p_at IS NULL OR h.valid_from <= p_at);

    RETURN jsonb_build_object(
        'type', v_group.type, 'name', v_group.name, 'title', v_group.description, 'environment', p_environment, 'at', p_at,
        'source', v_group.metadata ->> 'source',
        'rule', (SELECT t.description FROM theme_rules AS t WHERE v_group.type = 'THEME' AND t.name = v_group.name),
        'retired_at', v_group.metadata ->> 'retired_at',
        'file', (SELECT to_jsonb(f) FROM universe_file(v_group.id, p_at) AS f)
    ) || v_facts || v_members;
END;
$$;

COMMENT ON FUNCTION describe_universe(text, text[], timestamptz, text) IS 'Returns one universe as JSON: type, title, source, file with format and date, size, weight sum (percent), sectors, members, start of history and last change. p_name: name or title. p_types: only these types; NULL: any. p_at: a past time; NULL: now. Raises UV002 if several match and UV003 for an unknown name or a time before its history.';
