CREATE TABLE sync_runs (
    id uuid PRIMARY KEY,
    mode text NOT NULL REFERENCES refresh_modes (mode),
    status text NOT NULL CHECK (status IN ('completed', 'failed')),
    append boolean NOT NULL,
    dry_run boolean NOT NULL,
    force boolean NOT NULL,
    environment text NOT NULL,
    triggered_by text NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    steps jsonb NOT NULL,
    changes jsonb NOT NULL,
    alerts jsonb NOT NULL,
    total_changes integer NOT NULL,
    error jsonb
);

CREATE INDEX sync_runs_started ON sync_runs (started_at DESC);

COMMENT ON TABLE sync_runs IS 'One row per refresh, enrichment, rollback and import, dry runs and failures included.';
COMMENT ON COLUMN sync_runs.steps IS 'Per step: name, milliseconds and counts.';
COMMENT ON COLUMN sync_runs.changes IS 'Per changed universe: type, name, count, members_before, added and removed symbols, updated (members whose weight or rank changed), held (a guard kept it as it was).';
COMMENT ON COLUMN sync_runs.alerts IS 'Limits of settings that the run exceeded.';
COMMENT ON COLUMN sync_runs.total_changes IS 'Members added, removed and updated, over all universes.';
COMMENT ON COLUMN sync_runs.error IS 'Of a failed run: sqlstate, message, detail, hint, context.';
