CREATE TABLE sector_sources (
    source text PRIMARY KEY,
    statement smallint NOT NULL UNIQUE CHECK (statement BETWEEN 1 AND 5),
    position smallint NOT NULL UNIQUE DEFERRABLE,
    enabled boolean NOT NULL DEFAULT true,
    title text NOT NULL
);

COMMENT ON TABLE sector_sources IS 'Sources of a stock''s sector in order of trust: the enabled source with the lowest position that states a sector decides. A stock without any statement is in the sector unknown.';
COMMENT ON COLUMN sector_sources.statement IS 'Place of the source in sector_statements; not to be changed.';
COMMENT ON COLUMN sector_sources.position IS 'Order of trust, 1 first. Swap two in one statement: UPDATE sector_sources SET position = CASE source WHEN ''sic'' THEN 2 ELSE 4 END WHERE source IN (''sic'', ''issuer_file'').';
