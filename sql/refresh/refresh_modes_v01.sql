CREATE TABLE refresh_modes (
    mode text PRIMARY KEY,
    position smallint NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('refresh', 'rollback', 'import')),
    steps text[] NOT NULL,
    group_types text[],
    is_requestable boolean NOT NULL
);

COMMENT ON TABLE refresh_modes IS 'Modes of runs (sync_runs.mode), one row each.';
COMMENT ON COLUMN refresh_modes.position IS 'Order in messages.';
COMMENT ON COLUMN refresh_modes.kind IS 'Function that makes such runs: refresh_universes, rollback_universes or import_legacy.';
COMMENT ON COLUMN refresh_modes.steps IS 'Steps in their order, without cache_and_events, which ends every run.';
COMMENT ON COLUMN refresh_modes.group_types IS 'Types of the universes that a refresh creates and retires by the rules first; NULL: all types.';
COMMENT ON COLUMN refresh_modes.is_requestable IS 'request_refresh accepts the mode.';
