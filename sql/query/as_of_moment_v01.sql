CREATE OR REPLACE FUNCTION as_of_moment(
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
 * The moment that somebody asks about. A day means its end, so that it includes what was loaded on it, and today means
 * now. Wherever the question comes from, it means the same: days and times without a zone are UTC.
 */
DECLARE
    v_moment timestamptz := moment_of(p_what);
BEGIN
    IF v_moment = date_trunc('day', v_moment) AND p_what !~ ':' THEN
        RETURN least(v_moment + interval '1 day' - interval '1 microsecond', clock_timestamp());
    END IF;
    RETURN v_moment;
END;
$$;

COMMENT ON FUNCTION as_of_moment(text) IS 'When to look at history: the end of a day (2026-11-20; now for today), a timestamp, or the end of a run or load by its id. Without a zone it is UTC. NULL for NULL. Raises UV002 (none of these, or ahead) and UV003 (no such run).';
