CREATE TABLE stock_types (
    type text PRIMARY KEY,
    title text NOT NULL
);

COMMENT ON TABLE stock_types IS 'Values of symbols.type that count as stocks: they are classified, ranked, banded and get a market cap. Every other type (funds, warrants, units, ...) is listed only. Read it through active_stocks.';
COMMENT ON COLUMN stock_types.type IS 'Value of symbols.type.';
