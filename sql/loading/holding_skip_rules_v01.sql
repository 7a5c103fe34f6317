CREATE TABLE holding_skip_rules (
    position smallint PRIMARY KEY,
    reason text NOT NULL,
    column_name text NOT NULL CHECK (column_name IN ('symbol', 'name', 'sector', 'asset_class', 'exchange', 'listing')),
    pattern text NOT NULL CHECK ('' ~* pattern IS NOT NULL),
    unknown_only boolean NOT NULL DEFAULT false
);

COMMENT ON TABLE holding_skip_rules IS 'Rows of issuer files that are not shares listed in the United States: the first rule that fits skips a row and is its reason. Canonical files are not subject to them.';
COMMENT ON COLUMN holding_skip_rules.position IS 'Order of the rules, lowest first.';
COMMENT ON COLUMN holding_skip_rules.column_name IS 'Column of staged_members, as in the file; a missing value counts as empty. listing: foreign, where listing_rules say so.';
COMMENT ON COLUMN holding_skip_rules.pattern IS 'Regular expression, case does not matter.';
COMMENT ON COLUMN holding_skip_rules.unknown_only IS 'The rule spares rows whose ticker is in the table symbols.';
