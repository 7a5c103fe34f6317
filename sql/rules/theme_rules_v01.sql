CREATE TABLE theme_rules (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    title text NOT NULL,
    description text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    include_symbols text[] NOT NULL DEFAULT '{}',
    exclude_symbols text[] NOT NULL DEFAULT '{}',
    min_market_cap bigint CHECK (min_market_cap >= 0),
    max_market_cap bigint CHECK (max_market_cap >= min_market_cap),
    sectors text[],
    industries text[],
    sic_codes int4multirange,
    exchanges text[],
    min_listing_days integer CHECK (min_listing_days >= 0),
    max_listing_days integer CHECK (max_listing_days >= min_listing_days),
    has_conditions boolean NOT NULL GENERATED ALWAYS AS (
        min_market_cap IS NOT NULL OR max_market_cap IS NOT NULL OR sectors IS NOT NULL
        OR industries IS NOT NULL OR sic_codes IS NOT NULL OR exchanges IS NOT NULL
        OR min_listing_days IS NOT NULL OR max_listing_days IS NOT NULL
    ) STORED,
    CHECK (has_conditions OR cardinality(include_symbols) > 0)
);

COMMENT ON TABLE theme_rules IS 'Themes: one THEME universe per enabled row. A member is an active stock that is in include_symbols, or meets every condition that is not NULL (at least one must be set), and is not in exclude_symbols.';
COMMENT ON COLUMN theme_rules.min_market_cap IS 'US dollars, inclusive.';
COMMENT ON COLUMN theme_rules.max_market_cap IS 'US dollars, exclusive.';
COMMENT ON COLUMN theme_rules.sectors IS 'Names from sectors.';
COMMENT ON COLUMN theme_rules.industries IS 'Names from industry_groups.';
COMMENT ON COLUMN theme_rules.sic_codes IS 'SIC codes as ranges, for example {[2834,2837)}: the upper end is exclusive.';
COMMENT ON COLUMN theme_rules.exchanges IS 'Market identifier codes (ISO 10383): XNAS, XNYS, XASE, ARCX.';
COMMENT ON COLUMN theme_rules.min_listing_days IS 'Days since symbols.list_date, inclusive.';
COMMENT ON COLUMN theme_rules.max_listing_days IS 'Days since symbols.list_date, inclusive.';
