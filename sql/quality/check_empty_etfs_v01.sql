CREATE VIEW check_empty_etfs AS
SELECT e.environment, e.name AS subject, e.detail
FROM empty_groups AS e
WHERE e.type = 'ETF';

COMMENT ON VIEW check_empty_etfs IS 'ETFs without constituents.';
