CREATE VIEW sector_coverage AS
SELECT
    c.source,
    count(*) AS stocks,
    round(100.0 * count(*) / sum(count(*)) OVER (), 2) AS percent
FROM stock_sectors AS c
GROUP BY c.source
ORDER BY stocks DESC;

COMMENT ON VIEW sector_coverage IS 'How many active stocks (CS, ADRC) each source of sector_sources puts into a sector, in percent of all; none: the stocks in the sector unknown.';
