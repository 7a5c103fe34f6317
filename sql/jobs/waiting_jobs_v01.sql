CREATE VIEW waiting_jobs AS
SELECT j.*
FROM sync_jobs AS j
WHERE NOT j.done AND NOT EXISTS (SELECT FROM sync_runs AS r WHERE r.id = j.id);

COMMENT ON VIEW waiting_jobs IS 'Jobs without a result: queued ones and the one that is running.';
