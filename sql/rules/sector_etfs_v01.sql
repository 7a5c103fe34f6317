CREATE TABLE sector_etfs (
    etf text PRIMARY KEY,
    sector text NOT NULL REFERENCES sectors (name) ON UPDATE CASCADE,
    CHECK (sector <> 'unknown')
);

COMMENT ON TABLE sector_etfs IS 'Funds that hold exactly one sector: a constituent of the fund belongs to that sector.';
