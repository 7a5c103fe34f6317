CREATE OR REPLACE FUNCTION search_names(
    p_query text,
    p_limit integer DEFAULT 10,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (kind text, type text, name text, title text, active boolean, market_cap bigint, members bigint, match text)
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
SET jit = off
AS $$
/*
 * Search as you type. One cheap pass keeps the rows that contain every word; only those are normalized and compared. An index
 * on the words would save some milliseconds here and slow down every refresh, since it would be rewritten for each changed
 * market cap. One or two letters match only at the beginning: nearly every row contains them somewhere. Symbols and universes
 * of equal rank alternate. If nothing matches, the nearest spellings are returned.
 */
DECLARE
    v_asked text := normalize_name(p_query);
    v_joined text := replace(v_asked, ' ', '');
    v_words text[] := string_to_array(v_asked, ' ');
    v_patterns text[] := CASE WHEN length(v_asked) < 3 THEN ARRAY[v_asked || '%']
        ELSE ARRAY(SELECT '%' || w || '%' FROM unnest(v_words) AS w) END;
BEGIN
    IF coalesce(v_asked, '') = '' THEN
        RETURN;
    END IF;

    RETURN QUERY
    WITH candidate AS (
        SELECT 'symbol' AS kind, s.type, s.symbol AS name, s.name AS title, s.active, s.market_cap, NULL::bigint AS id
        FROM symbols AS s
        WHERE lower(s.name) LIKE ALL (v_patterns) OR lower(s.symbol) LIKE ALL (v_patterns)
            OR translate(lower(s.symbol), '.^/-', '') = v_asked OR starts_with(replace(lower(s.name), ' ', ''), v_joined)
        UNION ALL
        -- Members missing in symbols are searched too.
        SELECT DISTINCT 'symbol', NULL, m.symbol::text, NULL, NULL::boolean, NULL::bigint, NULL::bigint
        FROM group_memberships AS m
        JOIN definition_groups AS g ON g.id = m.group_id AND g.environment = p_environment
        WHERE m.symbol = upper(btrim(p_query)) AND NOT EXISTS (SELECT FROM symbols AS s WHERE s.symbol = m.symbol)
        UNION ALL
        SELECT 'universe', g.type, g.name, g.description, NOT coalesce(g.metadata ? 'retired_at', false), NULL::bigint, g.id
        FROM definition_groups AS g
        WHERE g.environment = p_environment AND (lower(g.description) LIKE ALL (v_patterns) OR lower(g.name) LIKE ALL (v_patterns))
    ), judged AS (
        SELECT c.*, CASE
                WHEN v_asked IN (p.name, p.title) THEN 1
                WHEN starts_with(p.name, v_asked) OR replace(p.name, ' ', '') = v_asked THEN 2
                WHEN starts_with(p.title, v_asked) THEN 3
                WHEN strpos(p.words, ' ' || v_asked) > 0 THEN 4
                WHEN NOT EXISTS (SELECT FROM unnest(v_words) AS w WHERE strpos(p.words, ' ' || w) = 0) THEN 5
                -- JPMorgan is JP Morgan, as BRKB is BRK.B.
                WHEN starts_with(replace(p.title, ' ', ''), v_joined) THEN 5
                WHEN strpos(p.words, v_asked) > 0 THEN 6
            END AS class
        FROM candidate AS c
        CROSS JOIN LATERAL (SELECT normalize_name(c.name) AS name, normalize_name(c.title) AS title OFFSET 0) AS n
        CROSS JOIN LATERAL (SELECT n.name, n.title, concat(' ', n.name, ' ', n.title) AS words) AS p
    ), placed AS (
        SELECT j.*, row_number() OVER (PARTITION BY j.class, j.kind ORDER BY j.active DESC NULLS LAST, j.market_cap DESC NULLS LAST,
            length(j.name), j.type COLLATE "C", j.name COLLATE "C") AS place
        FROM judged AS j
        WHERE j.class IS NOT NULL
        ORDER BY j.class, place, j.kind
        LIMIT p_limit
    )
    SELECT p.kind, p.type, p.name, p.title, p.active, p.market_cap,
        CASE WHEN p.kind = 'universe' THEN (SELECT count(*) FROM group_memberships AS m WHERE m.group_id = p.id) END,
        (ARRAY['exact', 'prefix', 'title', 'word', 'word', 'part'])[p.class]
    FROM placed AS p
    ORDER BY p.class, p.place, p.kind;
    IF FOUND THEN
        RETURN;
    END IF;

    RETURN QUERY
    SELECT CASE n.type WHEN 'SYMBOL' THEN 'symbol' ELSE 'universe' END, CASE n.type WHEN 'SYMBOL' THEN s.type ELSE n.type END,
        n.name, n.title, coalesce(s.active, NOT coalesce(g.metadata ? 'retired_at', false)), s.market_cap,
        CASE WHEN n.type <> 'SYMBOL' THEN (SELECT count(*) FROM group_memberships AS m WHERE m.group_id = g.id) END, 'similar'
    FROM nearest_names(p_query, ARRAY(SELECT DISTINCT x.type FROM definition_groups AS x) || 'SYMBOL'::text, p_environment, p_limit)
        WITH ORDINALITY AS n (type, name, title, similarity, place)
    LEFT JOIN symbols AS s ON n.type = 'SYMBOL' AND s.symbol = n.name
    LEFT JOIN definition_groups AS g ON g.type = n.type AND g.name = n.name AND g.environment = p_environment
    ORDER BY n.place;
END;
$$;

COMMENT ON FUNCTION search_names(text, integer, text) IS 'Searches symbols (ticker, company) and universes (name, title) for all words of p_query, best first. match: exact, prefix (of ticker or name), title (title begins so), word (words begin so), part, or similar if nothing contains the words. type: of the security or universe; NULL for a member missing in symbols. active: false for a delisted symbol or retired universe. market_cap: US dollars.';
