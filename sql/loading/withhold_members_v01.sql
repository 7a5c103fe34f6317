CREATE OR REPLACE FUNCTION withhold_members(
    p_environment text
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
-- There are no statistics of rows just staged.
SET enable_nestloop = off
AS $$
    /* Only differences are written: an unchanged file costs no write. */
    WITH loaded AS MATERIALIZED (
        SELECT f.file, g.id, f.inactive
        FROM staged_files AS f
        JOIN definition_groups AS g ON g.name = f.group_name AND g.type = f.group_type AND g.environment = p_environment
        WHERE f.status = 'pending'
    ), lacking AS MATERIALIZED (
        SELECT l.id AS group_id, s.symbol, s.line, s.percent AS weight, NULL::jsonb AS metadata, s.reason, stated_values(to_jsonb(s)) AS stated
        FROM loaded AS l
        JOIN skipped_members AS s ON s.file = l.file
        UNION ALL
        SELECT l.id, d.symbol, (d.metadata ->> 'line')::bigint, d.weight, d.metadata, 'inactive', jsonb_strip_nulls(jsonb_build_object(
            'symbol', d.symbol, 'weight', d.weight::text, 'sector', d.metadata -> 'sector'))
        FROM loaded AS l
        JOIN desired_members AS d ON d.file = l.file
        JOIN symbols AS y ON y.symbol = d.symbol AND NOT y.active
        WHERE l.inactive > 0
    ), gone AS (
        DELETE FROM withheld_members AS w
        USING loaded AS l
        WHERE w.group_id = l.id AND NOT EXISTS (
            SELECT FROM lacking AS k
            WHERE k.group_id = w.group_id AND k.reason = w.reason AND k.stated = w.stated AND k.line IS NOT DISTINCT FROM w.line
        )
    )
    INSERT INTO withheld_members (group_id, symbol, line, weight, metadata, reason, stated, since)
    SELECT k.group_id, k.symbol, k.line, k.weight, k.metadata, k.reason, k.stated, now()
    FROM lacking AS k
    WHERE NOT EXISTS (
        SELECT FROM withheld_members AS w
        WHERE w.group_id = k.group_id AND w.reason = k.reason AND w.stated = k.stated AND w.line IS NOT DISTINCT FROM k.line
    )
$$;

COMMENT ON FUNCTION withhold_members(text) IS 'Sets withheld_members of the universes being loaded in the environment to the rows that their files state and that do not become members.';
