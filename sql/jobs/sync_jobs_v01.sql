CREATE TABLE sync_jobs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    mode text NOT NULL REFERENCES refresh_modes (mode),
    append boolean NOT NULL,
    dry_run boolean NOT NULL,
    force boolean NOT NULL,
    environment text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    done boolean NOT NULL DEFAULT false
);

CREATE INDEX sync_jobs_waiting ON sync_jobs (requested_at) WHERE NOT done;

COMMENT ON TABLE sync_jobs IS 'Requested refreshes. A job is done when sync_runs has a row with its id, written in the transaction of the refresh: if a worker or server dies in between, the job is still waiting and nothing of it is kept.';
COMMENT ON COLUMN sync_jobs.id IS 'Becomes sync_runs.id.';
COMMENT ON COLUMN sync_jobs.requested_by IS 'Recorded as triggered_by of the run: the id of the key, or the role.';
COMMENT ON COLUMN sync_jobs.done IS 'True once sync_runs has the run; set in its transaction. Keeps the search for waiting jobs fast however many are done; waiting_jobs checks sync_runs as well.';
