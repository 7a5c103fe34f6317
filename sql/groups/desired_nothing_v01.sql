CREATE VIEW desired_nothing AS
SELECT NULL::text AS group_type, NULL::text AS group_name, NULL::text AS symbol, NULL::numeric AS weight, NULL::jsonb AS metadata
WHERE false;

COMMENT ON VIEW desired_nothing IS 'States no members: passed to apply_memberships to empty groups, or to remove symbols from every group.';
