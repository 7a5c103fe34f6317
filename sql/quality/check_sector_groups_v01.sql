CREATE VIEW check_sector_groups AS
SELECT
    environment,
    name AS subject,
    CASE WHEN g.id IS NULL THEN 'there is no SECTOR universe of it' ELSE 'neither a GICS sector nor unknown' END AS detail
FROM (
    -- The codes are the standard's, so that rows deleted from sectors are missed and rows added to it are not.
    SELECT n.environment, CASE WHEN c.code IS NULL THEN 'unknown' ELSE coalesce(s.name, 'GICS sector ' || c.code) END AS name
    FROM (SELECT DISTINCT x.environment FROM definition_groups AS x) AS n
    CROSS JOIN unnest('{10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, NULL}'::smallint[]) AS c (code)
    LEFT JOIN sectors AS s ON s.gics_code = c.code
) AS w
FULL JOIN (
    SELECT x.id, x.environment, x.name
    FROM definition_groups AS x
    WHERE x.type = 'SECTOR' AND NOT coalesce(x.metadata ? 'retired_at', false)
) AS g USING (environment, name)
WHERE w.name IS NULL OR g.id IS NULL;

COMMENT ON VIEW check_sector_groups IS 'Differences between the GICS sectors (eleven, codes 10 to 60) plus unknown and the SECTOR universes.';
