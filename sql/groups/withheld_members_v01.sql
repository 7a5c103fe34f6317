CREATE TABLE withheld_members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_id bigint NOT NULL REFERENCES definition_groups (id) ON DELETE CASCADE,
    symbol text,
    line bigint,
    weight numeric,
    metadata jsonb,
    reason text NOT NULL,
    stated jsonb NOT NULL,
    since timestamptz NOT NULL
);

CREATE INDEX withheld_members_group ON withheld_members (group_id, symbol);

COMMENT ON TABLE withheld_members IS 'Rows that the current file of a universe states and the universe lacks. readmit_members lets them in when the reason is gone: the symbol is active again or appears in symbols, or a rule or an alias changed.';
COMMENT ON COLUMN withheld_members.symbol IS 'As the file states it, or the symbol that left.';
COMMENT ON COLUMN withheld_members.line IS 'Line of the file, where it is known.';
COMMENT ON COLUMN withheld_members.weight IS 'Percent of the fund.';
COMMENT ON COLUMN withheld_members.metadata IS 'Metadata of the membership; only with the reason inactive.';
COMMENT ON COLUMN withheld_members.reason IS 'inactive: the symbol is inactive in symbols. Else the reason for which the load skipped the row, see holding_skip_rules and clean_holdings.';
COMMENT ON COLUMN withheld_members.stated IS 'Values of the row by column of staged_members.';
