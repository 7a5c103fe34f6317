CREATE OR REPLACE FUNCTION refresh_job_name(
    p_environment text
)
RETURNS text
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/* Raises UV002 if the name would be truncated: two jobs could share it. */
DECLARE
    v_name text := format('pg-universes refresh %I ', api_schema()) || p_environment;
BEGIN
    IF v_name IS NULL OR octet_length(v_name) > 63 THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('environment %L cannot be scheduled', p_environment),
            DETAIL = format('Its job would be named %L, but pg_cron keeps 63 bytes of a name.', v_name),
            HINT = 'Name an environment, and keep schema and environment together within 42 bytes.';
    END IF;
    RETURN v_name;
END;
$$;

COMMENT ON FUNCTION refresh_job_name(text) IS 'Returns the name of the pg_cron job that refreshes p_environment. Raises UV002 if p_environment is NULL or the name is longer than 63 bytes.';
