CREATE OR REPLACE FUNCTION running_change()
RETURNS TABLE (
    pid integer,
    application text,
    since timestamptz,
    run_id uuid,
    step text
)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* The one lock says who; what a run writes into application_name says which run and how far it has come. */
    SELECT a.pid, a.application_name, a.xact_start, m.parts[2]::uuid, m.parts[1]
    FROM pg_locks AS l
    JOIN pg_stat_activity AS a ON a.pid = l.pid
    LEFT JOIN LATERAL regexp_match(a.application_name, '^pg-universes (\w+) ([0-9a-f]{32})$') AS m (parts) ON true
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
        AND (l.classid::bigint << 32) | l.objid::bigint = hashtextextended('pg-universes memberships in ' || api_schema(), 0)
$$;

COMMENT ON FUNCTION running_change() IS 'The refresh or load that is changing memberships at the moment: its process, since when, and for a refresh its id and step. No row: nothing is running. Of another role''s session only the process is known without the rights of pg_read_all_stats.';
