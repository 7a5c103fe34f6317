CREATE VIEW check_empty_themes AS
SELECT e.environment, e.name AS subject, e.detail
FROM empty_groups AS e
WHERE e.type = 'THEME';

COMMENT ON VIEW check_empty_themes IS 'Themes without members.';
