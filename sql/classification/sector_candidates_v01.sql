CREATE VIEW @api@.sector_candidates AS
SELECT t.symbol, x.source, x.position, x.enabled, c.sector, c.rule
FROM sector_statements AS t
CROSS JOIN LATERAL unnest(t.sectors, t.rules) WITH ORDINALITY AS c (sector, rule, statement)
JOIN sector_sources AS x ON x.statement = c.statement
WHERE c.sector IS NOT NULL;

COMMENT ON VIEW @api@.sector_candidates IS 'Sector of a stock according to each source that states one, one row per stock and source: the enabled source with the lowest position decides (stock_sectors).';
