CREATE OR REPLACE FUNCTION pg_cron_timezone()
RETURNS text
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* pg_settings shows cron.timezone, which came with pg_cron 1.5, only to roles that may read all settings. */
    SELECT CASE
        WHEN pg_has_role('pg_read_all_settings', 'USAGE')
            THEN coalesce((SELECT s.setting FROM pg_settings AS s WHERE s.name = 'cron.timezone'), 'GMT')
        WHEN NOT EXISTS (
            SELECT FROM pg_available_extensions AS e
            WHERE e.name = 'pg_cron'
                AND string_to_array(substring(e.default_version FROM '^\d+\.\d+'), '.')::integer[] >= '{1,5}'
        ) THEN 'GMT'
    END
$$;

COMMENT ON FUNCTION pg_cron_timezone() IS 'Returns the time zone in which pg_cron reads schedules: cron.timezone, else GMT. NULL if this role may not see it.';
