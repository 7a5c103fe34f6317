CREATE OR REPLACE FUNCTION resolve_as_of(
    p_what text
)
RETURNS timestamptz
LANGUAGE plpgsql
STABLE
STRICT
SET search_path FROM CURRENT
SET TimeZone = 'UTC'
AS $$
/*
 * A day means its end, so that it includes what was loaded on it; today means now. Days and times without a zone are UTC,
 * whatever the session's time zone.
 */
DECLARE
    v_moment timestamptz := resolve_timestamp(p_what);
BEGIN
    IF v_moment = date_trunc('day', v_moment) AND p_what !~ ':' THEN
        RETURN least(v_moment + interval '1 day' - interval '1 microsecond', clock_timestamp());
    END IF;
    RETURN v_moment;
END;
$$;

COMMENT ON FUNCTION resolve_as_of(text) IS 'Returns the time at which to read history: the end of a day (2026-11-20; now for today), a timestamp, or the end of a run or load given by its id. Without a zone it is UTC. NULL for NULL. Raises UV002 (none of these, or in the future) and UV003 (unknown run).';
