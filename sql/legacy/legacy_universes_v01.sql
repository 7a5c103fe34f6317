CREATE VIEW legacy_universes AS
SELECT DISTINCT ON (t.group_type, n.group_name, coalesce(c.environment, 'DEFAULT'))
    c.id AS entry_id, t.group_type, n.group_name, coalesce(c.environment, 'DEFAULT') AS environment, e.value
FROM cache_entries AS c
CROSS JOIN LATERAL (
    -- The three shapes, distinguished by the columns that they fill.
    SELECT c.universe AS name, c.cache_type AS family, c.content AS value
    WHERE c.universe IS NOT NULL AND c.universe_category IS NULL AND c.content IS NOT NULL
    UNION ALL
    SELECT c.key, c.universe_category, c.value
    WHERE c.universe IS NULL AND c.key IS NOT NULL AND c.universe_category IS NOT NULL
    UNION ALL
    SELECT c.key, CASE WHEN c.type IN ('stock_universe', 'etf_universe') THEN c.name ELSE c.type END, c.value
    WHERE c.universe IS NULL AND c.key IS NOT NULL AND c.universe_category IS NULL
        AND c.type IN ('stock_universe', 'etf_universe', 'themes', 'stock_etf_combo')
) AS e (name, family, value)
LEFT JOIN legacy_families AS f ON f.family = lower(e.family)
CROSS JOIN LATERAL (
    SELECT f.group_type IS NOT DISTINCT FROM 'ETF' AND upper(btrim(e.name)) ~ '^[A-Z0-9][A-Z0-9.]{0,9}$' AS is_fund
) AS x
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN x.is_fund THEN upper(btrim(e.name)) ELSE btrim(regexp_replace(lower(e.name), '[^a-z0-9]+', '_', 'g'), '_')
    END AS group_name
) AS n
CROSS JOIN LATERAL (
    -- Names of the rules keep their type. Other derived types cannot be imported as such.
    SELECT CASE
        WHEN x.is_fund OR f.group_type = 'THEME' THEN f.group_type
        ELSE coalesce((
            SELECT min(m.type) FROM managed_groups AS m WHERE m.name = n.group_name AND m.type = coalesce(f.group_type, m.type)
        ), 'UNIVERSE')
    END AS group_type
) AS t
WHERE n.group_name <> '' AND (f.family IS NULL OR f.group_type IS NOT NULL) AND EXISTS (SELECT FROM listed_symbols(e.value))
ORDER BY t.group_type, n.group_name, coalesce(c.environment, 'DEFAULT'), c.updated_at DESC NULLS LAST, c.id DESC;

COMMENT ON VIEW legacy_universes IS 'Universes in rows of cache_entries that another program wrote: (universe, content, cache_type), (key, value, universe_category) or (type, name, key, value). The newest row of a name counts; rows without a list of symbols, and families that legacy_families excludes, are left out.';
