CREATE VIEW recorded_runs AS
SELECT r.id, m.kind, r.mode, r.environment, r.triggered_by,
    r.started_at, r.finished_at, r.total_changes::bigint AS total_changes
FROM sync_runs AS r
JOIN refresh_modes AS m ON m.mode = r.mode
WHERE r.status = 'completed' AND NOT r.dry_run
UNION ALL
SELECT l.id, 'load', l.kind, l.environment, l.triggered_by, l.started_at, l.finished_at, l.total_changes
FROM load_runs AS l
WHERE NOT l.dry_run;

COMMENT ON VIEW recorded_runs IS 'Runs and loads that may have changed memberships: refreshes, rollbacks, imports and loads, without dry runs and failures. mode: mode of a run, kind of a load.';
