CREATE OR REPLACE FUNCTION @api@.unschedule_refresh(
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS text
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* cron.* is called dynamically because pg_cron may not be installed. */
DECLARE
    v_name text := refresh_job_name(p_environment);
    v_removed integer;
BEGIN
    PERFORM assert_pg_cron(
        format('SELECT cron.unschedule(%L);', v_name || ' ' || current_database()),
        'A refresh that runs by crontab ends when its line is deleted.');
    EXECUTE 'SELECT count(cron.unschedule(id)) FROM unnest(ARRAY(
            SELECT j.jobid FROM cron.job AS j
            WHERE j.jobname = $1 AND j.database = current_database())) AS id'
        INTO v_removed USING v_name;
    IF v_removed = 0 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV003',
            MESSAGE = format('no refresh is scheduled for environment %s', p_environment),
            DETAIL = format('Role %I sees no pg_cron job named %L.', current_user, v_name),
            HINT = 'SELECT jobname, username FROM cron.job lists them; the job of another role is shown only to a superuser.';
    END IF;
    RETURN v_name;
END;
$$;

COMMENT ON FUNCTION @api@.unschedule_refresh(text) IS 'Removes the pg_cron job of schedule_refresh and returns its name. Raises UV003 (no such job) and UV007 (pg_cron cannot be used here).
p_environment: environment of the universes.';
