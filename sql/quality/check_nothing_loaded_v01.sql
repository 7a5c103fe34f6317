CREATE VIEW check_nothing_loaded AS
SELECT NULL::text AS environment, 'definition_groups' AS subject, 'no universe is defined yet' AS detail
WHERE NOT EXISTS (SELECT FROM definition_groups);

COMMENT ON VIEW check_nothing_loaded IS 'One row while no universe exists: the other checks would have nothing to check.';
