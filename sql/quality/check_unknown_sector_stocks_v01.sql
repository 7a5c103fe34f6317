CREATE VIEW check_unknown_sector_stocks AS
SELECT u.environment, u.symbol AS subject,
    format('one of %s unknown among %s stocks: %s percent, limit %s', u.unknown, t.stocks,
        round(u.unknown * 100.0 / t.stocks, 2), l.value) AS detail
FROM (
    SELECT g.environment, m.symbol, count(*) OVER (PARTITION BY g.environment) AS unknown
    FROM definition_groups AS g
    JOIN group_memberships AS m ON m.group_id = g.id
    WHERE g.type = 'SECTOR' AND g.name = 'unknown'
) AS u
CROSS JOIN (SELECT nullif(count(*), 0) AS stocks FROM active_stocks) AS t
JOIN settings AS l ON l.name = 'validate_unknown_sector_percent'
WHERE u.unknown * 100.0 / t.stocks > l.value;

COMMENT ON VIEW check_unknown_sector_stocks IS 'Stocks in the sector unknown, when they are more than settings.validate_unknown_sector_percent of the active stocks.';
