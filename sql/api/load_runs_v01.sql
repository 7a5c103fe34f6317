CREATE VIEW @api@.load_runs AS
SELECT id, kind, mode, dry_run, force, environment, triggered_by, started_at, finished_at, files, changes, total_changes
FROM load_runs;

COMMENT ON VIEW @api@.load_runs IS 'One row per load, dry runs included. files: per file its status (loaded, unchanged, held, rejected), rows and problems. changes: per universe as in sync_runs.';
