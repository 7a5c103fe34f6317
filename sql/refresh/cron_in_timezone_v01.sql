CREATE OR REPLACE FUNCTION cron_in_timezone(
    p_cron text,
    p_timezone text
)
RETURNS TABLE (
    schedule text,
    condition text
)
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * pg_cron runs on the clock of its own time zone: a daily or weekly time becomes every time that it has there within a year,
 * plus a condition that is true at one of them. Raises UV002 for an unknown time zone, for a schedule that cannot be translated
 * (anything but one hour and minute on some weekdays), and if this role cannot see the time zone of pg_cron.
 */
DECLARE
    v_pg_cron_timezone text := pg_cron_timezone();
    v_timezone text;
    v_fields text[] := regexp_match(btrim(p_cron),
        '^(\d{1,2})\s+(\d{1,2})\s+\*\s+\*\s+(\*|[0-7](?:-[0-7])?(?:,[0-7](?:-[0-7])?)*)$');
    v_time time;
    v_weekdays integer[];
    v_times integer;
BEGIN
    SELECT z.name INTO v_timezone FROM pg_timezone_names AS z WHERE lower(z.name) = lower(p_timezone);
    IF v_timezone IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('unknown time zone %L', p_timezone),
            HINT = 'SELECT name FROM pg_timezone_names lists them, such as America/New_York.';
    END IF;
    IF v_pg_cron_timezone IS NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('cannot translate a schedule from %s', v_timezone),
            DETAIL = format('Role %I may not see cron.timezone, the time zone in which pg_cron reads schedules.', current_user),
            HINT = format('GRANT pg_read_all_settings TO %I, or give the schedule in that time zone and none here.', current_user);
    END IF;
    IF lower(v_pg_cron_timezone) = lower(v_timezone)
        OR ARRAY[v_pg_cron_timezone, v_timezone] <@ ARRAY['GMT', 'UTC', 'Etc/GMT', 'Etc/UTC'] THEN
        RETURN QUERY SELECT p_cron, NULL::text;
        RETURN;
    END IF;
    IF v_fields IS NULL OR v_fields[1]::integer > 59 OR v_fields[2]::integer > 23 OR EXISTS (
        SELECT FROM string_to_table(v_fields[3], ',') AS part WHERE split_part(part, '-', 1) > split_part(part, '-', -1)
    ) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('cannot translate schedule %L from %s to %s', p_cron, v_timezone, v_pg_cron_timezone),
            DETAIL = 'Only one hour and one minute, every day or on some weekdays, have a translation that holds all year.',
            HINT = format('Such as ''0 6 * * *'' or ''30 17 * * 1-5'' (0 and 7 are Sunday). Or leave out the time zone and give'
                ' the schedule in %s, or set cron.timezone (pg_cron 1.5).', v_pg_cron_timezone);
    END IF;

    v_time := make_time(v_fields[2]::integer, v_fields[1]::integer, 0);
    IF v_fields[3] <> '*' THEN
        SELECT array_agg(DISTINCT day % 7) INTO v_weekdays
        FROM string_to_table(v_fields[3], ',') AS part,
            generate_series(split_part(part, '-', 1)::integer, split_part(part, '-', -1)::integer) AS day;
    END IF;
    SELECT
        format('%s %s * * *',
            string_agg(DISTINCT extract(minute FROM t.at)::text, ','),
            string_agg(DISTINCT extract(hour FROM t.at)::text, ',')),
        count(DISTINCT t.at::time)
    INTO schedule, v_times
    FROM (
        SELECT (day + v_time) AT TIME ZONE v_timezone AT TIME ZONE v_pg_cron_timezone AS at
        FROM generate_series(current_date::timestamp, current_date + interval '1 year', '1 day') AS day
    ) AS t;
    IF v_times > 1 OR v_weekdays IS NOT NULL THEN
        condition := format('%I.refresh_is_due(%L, %L%s)', engine_schema(), to_char(v_time, 'HH24:MI'), v_timezone,
            ', ' || quote_literal(v_weekdays));
    END IF;
    RETURN NEXT;
END;
$$;

COMMENT ON FUNCTION cron_in_timezone(text, text) IS 'Translates the cron schedule p_cron from p_timezone to the time zone of pg_cron: the schedule, and the condition under which the job has to run (NULL: always). Raises UV002 for an unknown time zone or a schedule that cannot be translated.';
