CREATE TABLE membership_history (
    group_id bigint NOT NULL,
    symbol text NOT NULL,
    weight numeric(9, 6),
    market_cap bigint,
    metadata jsonb,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz CHECK (valid_to > valid_from),
    opened_by uuid,
    closed_by uuid,
    close_reason text,
    open_reason text,
    PRIMARY KEY (group_id, symbol, valid_from)
);

-- Queries for a past time find its rows in the index without reading rows closed before or opened after.
CREATE INDEX universes_history_validity ON membership_history (group_id, valid_to, valid_from);

COMMENT ON TABLE membership_history IS 'All current and past memberships (slowly changing dimension, type 2): one row per period in which the weight and the sector stated by a file were the same, from valid_from (inclusive) to valid_to (exclusive; NULL: still valid). A change of rank or line opens no new row.';
COMMENT ON COLUMN membership_history.weight IS 'Percent of the fund.';
COMMENT ON COLUMN membership_history.market_cap IS 'US dollars, of the symbol when the row was opened.';
COMMENT ON COLUMN membership_history.metadata IS 'Metadata of the membership when the row was opened: rule, rank, line.';
COMMENT ON COLUMN membership_history.opened_by IS 'Run or load that opened the row: sync_runs.id or load_runs.id.';
COMMENT ON COLUMN membership_history.closed_by IS 'Run or load that closed the row.';
COMMENT ON COLUMN membership_history.open_reason IS 'returned, admitted: the file stated the symbol all along, and it was not active, or not known, or a rule kept it out (see withheld_members); returned if it had been a member before. NULL: newly stated.';
COMMENT ON COLUMN membership_history.close_reason IS 'removed: no longer stated. reweighted, reclassified: the next row has another weight, or another sector in its file. delisted: the symbol became inactive. retired, file removed: nothing states the universe any longer. rolled back: see rollback_universes.';
