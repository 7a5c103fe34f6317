CREATE TYPE refresh_context AS (
    run_id uuid,
    environment text,
    append boolean,
    force boolean
);

COMMENT ON TYPE refresh_context IS 'What every step of a refresh has to know of its run.';
