CREATE TABLE sectors (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    title text NOT NULL UNIQUE,
    gics_code smallint UNIQUE
);

COMMENT ON TABLE sectors IS 'The eleven GICS sectors (MSCI and S&P, structure of March 2023) and unknown, the sector of a stock no rule reaches.';
COMMENT ON COLUMN sectors.gics_code IS 'Two-digit GICS sector code, NULL for unknown.';
