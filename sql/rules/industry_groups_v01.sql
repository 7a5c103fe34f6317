CREATE TABLE industry_groups (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    title text NOT NULL
);

COMMENT ON TABLE industry_groups IS 'Industry groups: one INDUSTRY universe per row, holding the stocks whose SIC code maps to it in sic_sectors.';
