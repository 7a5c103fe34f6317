CREATE OR REPLACE FUNCTION @api@.enrich_sectors(
    p_mode text DEFAULT 'incremental',
    p_dry_run boolean DEFAULT false,
    p_force boolean DEFAULT false,
    p_environment text DEFAULT 'DEFAULT',
    p_triggered_by text DEFAULT session_user
)
RETURNS sync_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Runs the sector step alone, between two refreshes. */
BEGIN
    PERFORM assert_mode(p_mode, '{full,incremental}');
    RETURN refresh_universes(CASE p_mode WHEN 'full' THEN 'sectors' ELSE 'changed_sectors' END,
        p_dry_run => p_dry_run, p_force => p_force, p_environment => p_environment, p_triggered_by => p_triggered_by);
END;
$$;

COMMENT ON FUNCTION @api@.enrich_sectors(text, boolean, boolean, text, text) IS 'Assigns every active stock to its sector and industry, updates sector leaders and themes accordingly, and returns the run. Raises UV001 (busy) and UV002 (unknown mode).
p_mode: full, or incremental for what changed since the last run.
p_dry_run: roll the run back after reporting what it would change.
p_force: override membership_guards.
p_environment: environment of the universes.
p_triggered_by: recorded with the run.';
