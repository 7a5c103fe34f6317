CREATE TABLE ranking_sizes (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    kind text NOT NULL CHECK (kind IN ('market', 'sector')),
    size integer NOT NULL CHECK (size > 0)
);

COMMENT ON TABLE ranking_sizes IS 'Number of stocks in each ranking by market cap. kind market: one group over all stocks. kind sector: one group per sector, named <name>_<sector>.';
