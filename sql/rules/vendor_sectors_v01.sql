CREATE TABLE vendor_sectors (
    vendor_sector text PRIMARY KEY CHECK (vendor_sector = lower(btrim(vendor_sector))),
    sector text NOT NULL REFERENCES sectors (name) ON UPDATE CASCADE
);

COMMENT ON TABLE vendor_sectors IS 'Sector names that data vendors write into symbols.sector, lower case, mapped to GICS.';
