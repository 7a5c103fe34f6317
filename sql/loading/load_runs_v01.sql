CREATE TABLE load_runs (
    id uuid PRIMARY KEY,
    kind text NOT NULL REFERENCES load_kinds (kind),
    mode text NOT NULL CHECK (mode IN ('full', 'incremental')),
    dry_run boolean NOT NULL,
    force boolean NOT NULL,
    environment text NOT NULL,
    triggered_by text NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    files jsonb NOT NULL DEFAULT '[]',
    changes jsonb NOT NULL DEFAULT '[]',
    total_changes bigint NOT NULL DEFAULT 0
);

CREATE INDEX load_runs_started ON load_runs (started_at DESC);

COMMENT ON TABLE load_runs IS 'One row per load, dry runs included.';
COMMENT ON COLUMN load_runs.files IS 'Per file: name, universe, md5, format, as_of, status, rows, repaired, skipped (rows by reason), skipped_percent (their weight, percent of the fund), skipped_lines, suspects (members whose name is not the one in symbols), unread_columns, held_by (why a guard held it), problem (why it was rejected), warnings. status: loaded; unchanged, nothing to write; held, kept out by a guard or by --strict; rejected, see problem.';
COMMENT ON COLUMN load_runs.changes IS 'Per changed universe as in sync_runs.changes; for symbols and prices the numbers of rows inserted and updated, for sectors those of sector_overrides inserted, updated and deleted.';
COMMENT ON COLUMN load_runs.total_changes IS 'Members added, removed and updated, or rows inserted, updated and deleted.';
