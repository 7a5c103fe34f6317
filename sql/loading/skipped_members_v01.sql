CREATE UNLOGGED TABLE skipped_members (
    file integer NOT NULL,
    line bigint NOT NULL,
    symbol text,
    weight text,
    name text,
    sector text,
    asset_class text,
    exchange text,
    country text,
    currency text,
    market_currency text,
    cusip text,
    isin text,
    sedol text,
    figi text,
    reason text NOT NULL,
    percent numeric
);

COMMENT ON TABLE skipped_members IS 'Rows of staged_members that are left out, as the file states them. Scratch: emptied within the transaction of one load.';
COMMENT ON COLUMN skipped_members.reason IS 'See holding_skip_rules and clean_holdings.';
COMMENT ON COLUMN skipped_members.percent IS 'The weight as a number, percent of the fund; NULL where it is none.';
