CREATE VIEW stock_sectors AS
SELECT
    t.symbol,
    coalesce(t.sectors[c.statement], 'unknown') AS sector,
    coalesce(x.sources[c.statement], 'none') AS source,
    coalesce(t.rules[c.statement], 'no source') AS rule,
    t.industry,
    t.sic_code
FROM sector_statements AS t
CROSS JOIN (
    SELECT
        array_agg(s.source ORDER BY p.place) AS sources,
        array_agg(s.statement ORDER BY s.position) FILTER (WHERE s.enabled) AS trust
    FROM generate_series(1, 5) AS p (place) -- A deleted row must not move the names of the others.
    LEFT JOIN sector_sources AS s ON s.statement = p.place
) AS x
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN t.sectors[x.trust[1]] IS NOT NULL THEN x.trust[1]
        WHEN t.sectors[x.trust[2]] IS NOT NULL THEN x.trust[2]
        WHEN t.sectors[x.trust[3]] IS NOT NULL THEN x.trust[3]
        WHEN t.sectors[x.trust[4]] IS NOT NULL THEN x.trust[4]
        WHEN t.sectors[x.trust[5]] IS NOT NULL THEN x.trust[5]
    END AS statement
) AS c;

COMMENT ON VIEW stock_sectors IS 'Sector of every active stock: the value of the most trusted enabled source of sector_sources that states one, else unknown. The only place that decides a stock''s sector. industry follows the SIC code.';
