CREATE OR REPLACE FUNCTION resolve_timestamp(
    p_what text,
    p_before boolean DEFAULT false,
    p_environment text DEFAULT NULL
)
RETURNS timestamptz
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
SET TimeZone = 'UTC'
AS $$
/*
 * Resolves the id of a run or load, or a timestamp. With p_before: the time just before the first membership that the run
 * changed, or just before the timestamp.
 */
DECLARE
    v_moment timestamptz;
    v_run recorded_runs;
BEGIN
    IF p_what ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' THEN
        SELECT * INTO v_run FROM recorded_runs AS r WHERE r.id = p_what::uuid;
        IF v_run.id IS NULL THEN
            RAISE EXCEPTION USING
                ERRCODE = 'UV003',
                MESSAGE = format('no run or load %s', p_what),
                DETAIL = 'Dry runs and failed runs have changed nothing and do not count.',
                HINT = format('SELECT * FROM %I.recorded_runs ORDER BY started_at DESC lists them.', engine_schema());
        ELSIF v_run.environment <> p_environment AND v_run.mode NOT IN (SELECT k.kind FROM load_kinds AS k WHERE k.is_market_data) THEN
            RAISE EXCEPTION USING
                ERRCODE = 'UV003',
                MESSAGE = format('%s is a %s of the environment %s, not of %s', p_what, v_run.kind, v_run.environment, p_environment),
                HINT = 'Name its environment, or a timestamp.';
        ELSIF NOT p_before THEN
            RETURN v_run.finished_at;
        END IF;
        SELECT min(x.moment) - interval '1 microsecond' INTO v_moment
        FROM (
            SELECT h.valid_from AS moment FROM membership_history AS h WHERE h.opened_by = v_run.id
            UNION ALL
            SELECT h.valid_to FROM membership_history AS h WHERE h.closed_by = v_run.id
        ) AS x;
        RETURN coalesce(v_moment, v_run.finished_at);
    END IF;

    BEGIN
        v_moment := p_what::timestamptz;
    EXCEPTION
        WHEN invalid_datetime_format OR datetime_field_overflow OR invalid_parameter_value
            OR invalid_time_zone_displacement_value THEN
            v_moment := NULL;
    END;
    IF v_moment IS NULL OR v_moment > clock_timestamp() THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = CASE WHEN v_moment IS NULL THEN format('%L is neither a run nor a load nor a timestamp', p_what)
                ELSE format('%s is in the future', v_moment) END,
            HINT = 'Give the id of a run or load (recorded_runs lists them), or a timestamp: 2026-11-20 18:00+01.';
    END IF;
    RETURN v_moment - CASE WHEN p_before THEN interval '1 microsecond' ELSE interval '0' END;
END;
$$;

COMMENT ON FUNCTION resolve_timestamp(text, boolean, text) IS 'Returns the time that p_what stands for. The id of a run or load: its end, or with p_before the microsecond before its first change. A timestamp: itself, or with p_before the microsecond before it; without a zone it is UTC. Raises UV002 if p_what is no timestamp or is in the future, UV003 for an unknown run or one of another environment than p_environment.';
