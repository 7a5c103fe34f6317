CREATE TABLE vendor_sectors (
    vendor_sector text PRIMARY KEY CHECK (vendor_sector = lower(btrim(vendor_sector))),
    sector text NOT NULL REFERENCES sectors (name) ON UPDATE CASCADE
);

COMMENT ON TABLE vendor_sectors IS 'Names of sectors and sub-industries that data vendors write into symbols.sector and fund issuers into their files, lower case, mapped to GICS sectors.';
