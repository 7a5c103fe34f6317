CREATE OR REPLACE FUNCTION @api@.schedule_refresh(
    p_cron text DEFAULT '0 6 * * *',
    p_timezone text DEFAULT NULL,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (
    job_id bigint,
    job_name text,
    schedule text,
    timezone text,
    command text
)
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Scheduling again replaces the job, also one that another role scheduled and this role can see: there is one job per
 * installation and environment. cron.* is called dynamically because pg_cron may be installed later, or never.
 */
DECLARE
    v_condition text;
    v_elsewhere text;
    v_crontab text;
BEGIN
    job_name := refresh_job_name(p_environment);
    timezone := pg_cron_timezone();
    schedule := p_cron;
    IF p_timezone IS NOT NULL THEN
        SELECT c.schedule, c.condition INTO schedule, v_condition FROM cron_in_timezone(p_cron, p_timezone) AS c;
    END IF;
    command := format('SELECT %I.refresh_universes(p_environment => %L, p_triggered_by => %L)%s',
        api_schema(), p_environment, 'pg_cron', ' WHERE ' || v_condition);
    v_elsewhere := format('SELECT cron.schedule_in_database(%L, %L, %L, %L);',
        job_name || ' ' || current_database(), schedule, command, current_database());
    v_crontab := format('A crontab line that does the same, on the clock of its machine:'
        ' %s psql "$DATABASE_URL" -c "SELECT %s.refresh_universes(%s)"',
        p_cron, replace(quote_ident(api_schema()), '"', '\"'),
        CASE WHEN p_environment <> 'DEFAULT' THEN format('p_environment => %L', p_environment) END);
    PERFORM assert_pg_cron(v_elsewhere, v_crontab);
    BEGIN
        EXECUTE 'SELECT cron.schedule($1, $2, $3)' INTO job_id USING job_name, schedule, command;
    EXCEPTION
        WHEN invalid_parameter_value THEN
            RAISE EXCEPTION USING
                ERRCODE = 'UV002',
                MESSAGE = SQLERRM,
                DETAIL = 'pg_cron does not understand it.',
                HINT = 'Five fields: minute, hour, day of the month, month, weekday, such as 0 6 * * 1-5.';
    END;
    EXECUTE 'SELECT cron.unschedule(id) FROM unnest(ARRAY(
            SELECT j.jobid FROM cron.job AS j
            WHERE j.jobname = $1 AND j.database = current_database() AND j.jobid <> $2)) AS id'
        USING job_name, job_id;
    RETURN NEXT;
END;
$$;

COMMENT ON FUNCTION @api@.schedule_refresh(text, text, text) IS 'Schedules refresh_universes with pg_cron, or replaces the schedule, and returns the job. Raises UV002 (schedule, time zone or environment) and UV007 (pg_cron cannot be used here; the hint gives the remedy).
p_cron: five fields of a cron schedule.
p_timezone: time zone of p_cron; NULL: that of pg_cron.
p_environment: environment of the universes.';
