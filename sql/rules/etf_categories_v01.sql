CREATE TABLE etf_categories (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    title text NOT NULL
);

COMMENT ON TABLE etf_categories IS 'Categories of exchange-traded funds: one ETF_CATEGORY universe per row.';
