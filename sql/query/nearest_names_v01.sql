CREATE OR REPLACE FUNCTION nearest_names(
    p_name text,
    p_types text[] DEFAULT NULL,
    p_environment text DEFAULT 'DEFAULT',
    p_limit integer DEFAULT 5
)
RETURNS TABLE (type text, name text, title text, similarity numeric)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET jit = off
AS $$
    /*
     * Half of the similarity is the share of common letters, half that of common neighbouring pairs: swapping two letters keeps
     * the former, a mistyped letter most of both. Pairs are compared only if the letters are similar enough. Titles match at
     * the beginning, and by whole words anywhere. Among equally similar names the larger company comes first.
     */
    WITH asked AS (
        SELECT normalize_name(p_name) AS asked, length(normalize_name(p_name)) AS asked_size
    ), pair AS (
        SELECT DISTINCT substr('^' || a.asked || '$', i, 2) AS pair
        FROM asked AS a CROSS JOIN generate_series(1, a.asked_size + 1) AS i
    ), candidate AS (
        SELECT g.type, g.name, g.description AS title, NOT coalesce(g.metadata ? 'retired_at', false) AS alive, NULL::bigint AS market_cap
        FROM definition_groups AS g
        WHERE g.environment = p_environment AND (p_types IS NULL OR g.type = ANY (p_types))
        UNION ALL
        SELECT 'SYMBOL', s.symbol, s.name, s.active, coalesce(s.market_cap, CASE s.type WHEN 'ETF' THEN 1e11 ELSE 1e6 END::bigint)
        FROM symbols AS s
        WHERE 'SYMBOL' = ANY (p_types)
    ), spelling AS (
        SELECT c.*, a.*, x.plain, length(x.plain) AS size, x.worth, strpos(' ' || x.whole || ' ', ' ' || a.asked) AS found,
            x.whole || ' ' LIKE a.asked || ' %' AS is_beginning
        FROM candidate AS c
        CROSS JOIN asked AS a
        CROSS JOIN LATERAL (SELECT normalize_name(c.name) AS name, normalize_name(c.title) AS title OFFSET 0) AS n
        CROSS JOIN LATERAL (
            VALUES (n.name, n.name, 1.0), (n.title, btrim(left(n.title, a.asked_size + 1)), 0.9)
        ) AS x (whole, plain, worth)
        WHERE a.asked <> '' AND x.plain <> ''
    ), scored AS (
        SELECT s.type, s.name, s.title, s.alive, s.market_cap, s.worth * greatest(
            CASE WHEN s.asked_size + s.size - length(translate(s.asked, s.plain, '')) - length(translate(s.plain, s.asked, ''))
                    >= 0.6 * (s.asked_size + s.size)
                THEN 0.5 - 0.5 * (length(translate(s.asked, s.plain, '')) + length(translate(s.plain, s.asked, ''))) / (s.asked_size + s.size)
                    + 1.0 * (SELECT count(*) FROM pair AS p WHERE strpos('^' || s.plain || '$', p.pair) > 0) / (s.asked_size + s.size + 2)
            END,
            CASE WHEN s.asked_size >= 3 AND s.is_beginning THEN 0.95 WHEN s.asked_size >= 3 AND s.found > 0 THEN 0.8 END
        ) AS similarity
        FROM spelling AS s
    )
    SELECT x.type, x.name, x.title, round(x.similarity, 3)
    FROM (
        SELECT DISTINCT ON (s.type, s.name) s.*, max(s.similarity) OVER () AS best
        FROM scored AS s
        WHERE s.similarity >= 0.5
        ORDER BY s.type, s.name, s.similarity DESC
    ) AS x
    WHERE x.similarity >= 0.75 * x.best
    ORDER BY x.similarity + log(greatest(x.market_cap, 1)) / 30 DESC NULLS LAST, x.similarity DESC, x.alive DESC, x.name COLLATE "C"
    LIMIT p_limit
$$;

COMMENT ON FUNCTION nearest_names(text, text[], text, integer) IS 'Returns the names most similar to p_name, best first: names and titles of universes of p_types (NULL: any), and with SYMBOL in p_types tickers and company names. similarity: 1 is equal apart from case and punctuation; values below 0.5 or far below the best are left out.';
