CREATE TYPE refresh_context AS (
    run_id uuid,
    environment text,
    append boolean,
    force boolean
);

COMMENT ON TYPE refresh_context IS 'Settings of the run that every step of a refresh needs.';
