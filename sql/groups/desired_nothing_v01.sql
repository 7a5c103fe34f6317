CREATE VIEW desired_nothing AS
SELECT NULL::text AS group_type, NULL::text AS group_name, NULL::text AS symbol, NULL::numeric AS weight, NULL::jsonb AS metadata
WHERE false;

COMMENT ON VIEW desired_nothing IS 'States no member at all: what apply_memberships needs to empty a group, or to take symbols out of every group.';
