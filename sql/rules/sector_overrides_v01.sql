CREATE TABLE sector_overrides (
    symbol text PRIMARY KEY CHECK (symbol = upper(btrim(symbol))),
    sector text NOT NULL REFERENCES sectors (name) ON UPDATE CASCADE,
    reason text,
    file text,
    line bigint,
    load_id uuid,
    created_by text NOT NULL DEFAULT session_user,
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE sector_overrides IS 'Sectors that an operator has set by hand, or by a file of universes load sectors. No load and no refresh changes a row entered by hand.';
COMMENT ON COLUMN sector_overrides.reason IS 'Reason; shown with every membership that results from the row.';
COMMENT ON COLUMN sector_overrides.file IS 'File that states the row, NULL when it was entered by hand.';
COMMENT ON COLUMN sector_overrides.line IS 'Line in that file.';
COMMENT ON COLUMN sector_overrides.load_id IS 'load_runs.id of the load that wrote the row.';
