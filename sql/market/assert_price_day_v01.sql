CREATE OR REPLACE FUNCTION assert_price_day(
    p_day text
)
RETURNS date
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
SET TimeZone = 'UTC'
AS $$
/*
 * Returns a day whose prices can be expected. Raises UV002 for a text that is no day, and for weekends and future days, whose
 * prices would never arrive before the time limit. Holidays are not known here. Today is the day in UTC;
 * tomorrow is accepted, since it may have begun in the time zone of the caller.
 */
DECLARE
    v_day date;
    v_problem text;
BEGIN
    IF is_iso_date(p_day) IS NOT TRUE THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('%L is not a day', p_day),
            HINT = format('Write it like %s.', CURRENT_DATE);
    END IF;
    v_day := p_day::date;
    v_problem := CASE
        WHEN v_day > CURRENT_DATE + 1 THEN 'is in the future'
        WHEN extract(isodow FROM v_day) > 5 THEN format('is a %s', rtrim(to_char(v_day, 'Day')))
    END;
    IF v_problem IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('%s %s: no price of that day will come', v_day, v_problem),
            HINT = format('Wait for a trading day; the last one was %s, unless that was a holiday.', (
                SELECT max(d)::date FROM generate_series(least(v_day, CURRENT_DATE) - 3, least(v_day, CURRENT_DATE), interval '1 day') AS d
                WHERE extract(isodow FROM d) < 6
            ));
    END IF;
    RETURN v_day;
END;
$$;

COMMENT ON FUNCTION assert_price_day(text) IS 'Returns a trading day written YYYY-MM-DD as a date. Raises UV002 for any other text, a weekend, and a day in the future.';
