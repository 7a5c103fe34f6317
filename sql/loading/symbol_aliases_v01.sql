CREATE TABLE symbol_aliases (
    alias text PRIMARY KEY CHECK (alias = upper(btrim(alias))),
    symbol text NOT NULL CHECK (symbol ~ ticker_pattern())
);

COMMENT ON TABLE symbol_aliases IS 'Tickers as issuers write them, upper case, and the symbol they stand for. Needed where the symbol cannot be told by its form: a glued share class (LENB) that the table symbols does not list.';
