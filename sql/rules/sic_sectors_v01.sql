CREATE TABLE sic_sectors (
    sic_from integer NOT NULL,
    sic_to integer NOT NULL,
    sector text NOT NULL REFERENCES sectors (name) ON UPDATE CASCADE,
    industry text NOT NULL REFERENCES industry_groups (name) ON UPDATE CASCADE,
    title text NOT NULL,
    PRIMARY KEY (sic_from),
    CHECK (sic_from BETWEEN 1 AND 9999 AND sic_to BETWEEN sic_from AND 9999),
    CONSTRAINT sic_sectors_no_overlap EXCLUDE USING gist (int4range(sic_from, sic_to, '[]') WITH &&)
);

COMMENT ON TABLE sic_sectors IS 'SIC code ranges, both ends inclusive, mapped to a GICS sector and an industry group. Ranges cannot overlap.';
