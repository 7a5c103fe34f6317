CREATE TABLE symbol_aliases (
    alias text PRIMARY KEY CHECK (alias = upper(btrim(alias))),
    symbol text NOT NULL CHECK (symbol ~ '^[A-Z0-9][A-Z0-9.^/-]*$')
);

COMMENT ON TABLE symbol_aliases IS 'Tickers as issuers write them, upper case, and the symbol they stand for. Needed where the symbol cannot be told by its form: a glued share class (LENB) that the table symbols does not list.';
