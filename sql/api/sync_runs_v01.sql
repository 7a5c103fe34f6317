CREATE VIEW @api@.sync_runs AS
SELECT id, mode, status, append, dry_run, force, environment, triggered_by, started_at, finished_at, steps, changes, alerts, total_changes, error
FROM sync_runs;

COMMENT ON VIEW @api@.sync_runs IS 'One row per refresh, enrichment, rollback and import, dry runs and failures included. steps: name, milliseconds and counts. changes: per universe the symbols added, removed and updated. alerts: limits of settings that the run exceeded.';
