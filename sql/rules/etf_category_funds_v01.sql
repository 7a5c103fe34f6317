CREATE TABLE etf_category_funds (
    category text NOT NULL REFERENCES etf_categories (name) ON UPDATE CASCADE ON DELETE CASCADE,
    etf text NOT NULL,
    PRIMARY KEY (category, etf)
);

COMMENT ON TABLE etf_category_funds IS 'Funds of each category; a fund may be in several.';
