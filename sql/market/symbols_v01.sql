CREATE TABLE @api@.symbols (
    symbol text PRIMARY KEY,
    name text,
    type text,
    primary_exchange text,
    active boolean NOT NULL DEFAULT true,
    market_cap bigint,
    weighted_shares_outstanding bigint,
    list_date date,
    sector text,
    industry text,
    sic_code text,
    sic_description text,
    country text,
    cusip text,
    isin text,
    figi text,
    cik text,
    last_updated timestamptz DEFAULT now()
);

CREATE INDEX IF NOT EXISTS universes_symbols_ranked ON @api@.symbols (market_cap DESC, symbol COLLATE "C") INCLUDE (type) WHERE active;
CREATE INDEX IF NOT EXISTS universes_symbols_inactive ON @api@.symbols (symbol) WHERE NOT active;
CREATE INDEX IF NOT EXISTS universes_symbols_listed ON @api@.symbols (list_date) WHERE active;

COMMENT ON TABLE @api@.symbols IS 'Securities as the upstream import writes them; only market_cap is also written here, by recalculate_market_caps.';
COMMENT ON COLUMN @api@.symbols.type IS 'CS common stock, ADRC depositary receipt, ETF, PFD, WARRANT, UNIT, RIGHT, FUND, SP. Those in stock_types are stocks.';
COMMENT ON COLUMN @api@.symbols.market_cap IS 'US dollars, of the whole company even where it has several share classes.';
COMMENT ON COLUMN @api@.symbols.weighted_shares_outstanding IS 'Shares of the whole company.';
COMMENT ON COLUMN @api@.symbols.sector IS 'The data vendor''s sector, an input. The decided sector is the SECTOR group.';
COMMENT ON COLUMN @api@.symbols.cusip IS 'CUSIP, nine characters. Like isin and figi it decides over the ticker where a file states it, too.';
COMMENT ON COLUMN @api@.symbols.isin IS 'ISO 6166.';
COMMENT ON COLUMN @api@.symbols.figi IS 'Financial Instrument Global Identifier of the line or of its composite.';
COMMENT ON COLUMN @api@.symbols.cik IS 'Central Index Key of the issuer at the SEC, digits.';
COMMENT ON COLUMN @api@.symbols.primary_exchange IS 'Market identifier code (ISO 10383).';
