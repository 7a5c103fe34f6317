CREATE OR REPLACE FUNCTION assert_pg_cron(
    p_elsewhere text,
    p_crontab text
)
RETURNS void
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Raises UV007 unless pg_cron can be called in this database; reports the current state and each step to get there.
 * Alternatives without pg_cron here: p_elsewhere, a statement for the database in which pg_cron works, and p_crontab. Only
 * roles that may read all settings can see if the library is loaded; for others every step is listed.
 */
DECLARE
    v_reads boolean := pg_has_role('pg_read_all_settings', 'USAGE');
    v_available boolean := EXISTS (SELECT FROM pg_available_extensions AS e WHERE e.name = 'pg_cron');
    v_created boolean := EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = 'pg_cron');
    v_database text := (SELECT s.setting FROM pg_settings AS s WHERE s.name = 'cron.database_name');
    v_loaded boolean := v_database IS NOT NULL OR (v_created AND NOT v_reads);
    v_here boolean := v_loaded AND coalesce(v_database = current_database(), true);
    v_libraries text := CASE WHEN v_reads THEN concat_ws(',', nullif(current_setting('shared_preload_libraries'), ''), 'pg_cron')
        ELSE 'pg_cron' END;
BEGIN
    IF v_created AND v_here AND has_schema_privilege('cron', 'USAGE') THEN
        RETURN;
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'UV007',
        MESSAGE = format('pg_cron cannot be used in database %I', current_database()),
        DETAIL = CASE
            WHEN NOT v_available AND NOT v_created THEN 'pg_cron is not available on this server: its files are not installed.'
            WHEN NOT v_loaded AND v_reads THEN 'pg_cron is available on this server, but not preloaded.'
            WHEN NOT v_loaded THEN 'pg_cron is available on this server, but the extension does not exist in this database. Whether it'
                ' is preloaded is shown only to members of pg_read_all_settings.'
            WHEN NOT v_here THEN format('pg_cron is preloaded, but works in another database: cron.database_name is %L.', v_database)
            WHEN NOT v_created THEN 'pg_cron is preloaded, but the extension does not exist in this database.'
            ELSE format('pg_cron works in this database, but role %I may not use schema cron.', current_user)
        END,
        HINT = concat_ws(E'\n',
            CASE WHEN NOT v_available AND NOT v_created THEN format('Install the package of pg_cron (Debian, Ubuntu: apt-get install'
                ' postgresql-%s-cron), or switch it on in the console of a managed service.',
                current_setting('server_version_num')::integer / 10000) END,
            CASE WHEN NOT v_loaded THEN format('In postgresql.conf: shared_preload_libraries = ''%s'', cron.database_name = ''%s'','
                ' cron.use_background_workers = on. Restart the server.', v_libraries, current_database())
                WHEN NOT v_here THEN format('In postgresql.conf: cron.database_name = ''%s''. Restart the server.', current_database())
            END,
            CASE WHEN NOT v_created THEN 'As a superuser in this database: CREATE EXTENSION pg_cron;' END,
            format('As a superuser in this database: GRANT USAGE ON SCHEMA cron TO %I;', current_user),
            CASE WHEN v_loaded AND NOT v_here THEN format('Or leave pg_cron where it is. As a superuser in database %I: %s',
                v_database, p_elsewhere) END,
            'Or do without pg_cron. ' || p_crontab);
END;
$$;

COMMENT ON FUNCTION assert_pg_cron(text, text) IS 'Raises UV007 unless this role can call pg_cron in this database. The hint lists the steps to get there. p_elsewhere, p_crontab: the alternatives without pg_cron here, quoted in the hint.';
