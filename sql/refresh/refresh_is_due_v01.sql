CREATE OR REPLACE FUNCTION refresh_is_due(
    p_time time,
    p_timezone text,
    p_weekdays integer[] DEFAULT NULL,
    p_at timestamptz DEFAULT now()
)
RETURNS boolean
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /*
     * pg_cron starts a job at every time that p_time can have on its own clock; this selects the one that applies today. The
     * candidates are at least half an hour apart, so a start up to half an hour late still counts, past midnight too, and none
     * counts twice. A time skipped by daylight saving is the one after the gap; of one that occurs twice, the later.
     */
    SELECT p_at - due.at >= interval '0' AND p_at - due.at < interval '30 minutes'
        AND (p_weekdays IS NULL OR extract(dow FROM due.day) = ANY (p_weekdays))
    FROM (
        SELECT d.day, (d.day + p_time) AT TIME ZONE p_timezone AS at
        FROM (SELECT (p_at AT TIME ZONE p_timezone - p_time)::date AS day) AS d
    ) AS due
$$;

COMMENT ON FUNCTION refresh_is_due(time, text, integer[], timestamptz) IS 'Returns true if p_at is p_time, or less than 30 minutes later, in p_timezone on one of p_weekdays (0 Sunday to 6; NULL: every day).';
