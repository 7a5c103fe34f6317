CREATE VIEW sector_names AS
SELECT DISTINCT ON (n.stated) n.stated, n.sector
FROM (
    SELECT 1 AS rank, s.name AS stated, s.name AS sector FROM sectors AS s
    UNION ALL
    SELECT 2, lower(s.title), s.name FROM sectors AS s
    UNION ALL
    SELECT 3, v.vendor_sector, v.sector FROM vendor_sectors AS v
) AS n
WHERE n.sector <> 'unknown'
ORDER BY n.stated, n.rank;

COMMENT ON VIEW sector_names IS 'Names by which a file may state a sector, lower case: name and title of sectors, and the names of vendor_sectors.';
