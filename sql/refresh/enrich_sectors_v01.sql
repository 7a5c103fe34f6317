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

COMMENT ON FUNCTION @api@.enrich_sectors(text, boolean, boolean, text, text) IS 'Puts every active stock into its sector (stock_sectors), with industry, sector leaders and themes following, and returns the run. p_mode: full, incremental. Raises UV001 (busy) and UV002 (unknown mode).';
