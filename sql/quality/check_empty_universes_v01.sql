CREATE VIEW check_empty_universes AS
SELECT e.environment, e.name AS subject, e.detail
FROM empty_groups AS e
WHERE e.type = 'UNIVERSE';

COMMENT ON VIEW check_empty_universes IS 'Loaded universes without members.';
