CREATE TABLE issuer_formats (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    issuer text NOT NULL,
    headers text[] NOT NULL CHECK (cardinality(headers) > 0),
    columns jsonb NOT NULL CHECK (columns ? 'symbol'),
    weight_unit text NOT NULL DEFAULT 'percent' CHECK (weight_unit IN ('percent', 'fraction', 'market_value')),
    decimal_comma boolean NOT NULL DEFAULT false,
    several_funds boolean NOT NULL DEFAULT false,
    fund_pattern text,
    as_of_pattern text,
    sectioned boolean NOT NULL DEFAULT false
);

COMMENT ON TABLE issuer_formats IS 'Layouts of the holdings files that fund issuers publish. A new layout is a new row.';
COMMENT ON COLUMN issuer_formats.headers IS 'Fingerprint: header cells, lower case, blanks collapsed. A row of the file that has all of them is the header.';
COMMENT ON COLUMN issuer_formats.columns IS 'Where the values stand: for fund, as_of and the columns of staged_members a list of header cells, spelled as in headers, of which the first that the file has counts. A column that the file has not stays empty.';
COMMENT ON COLUMN issuer_formats.weight_unit IS 'What the weights are: percent of the fund, fractions of 1, or not stated. market_value: the share of a row in the sum of the column market_value, all rows of the fund counted.';
COMMENT ON COLUMN issuer_formats.decimal_comma IS 'Numbers are written 1.234,56.';
COMMENT ON COLUMN issuer_formats.several_funds IS 'A file may be about several funds, which the column fund tells apart: each becomes a universe.';
COMMENT ON COLUMN issuer_formats.fund_pattern IS 'Regular expression, case does not matter, for the cells of a row above the header joined by blanks, the name of the sheet, or where columns name a fund, its cells: its first group is the ticker of the fund.';
COMMENT ON COLUMN issuer_formats.as_of_pattern IS 'Like fund_pattern: its first group is the date of the holdings, as holdings_date reads it.';
COMMENT ON COLUMN issuer_formats.sectioned IS 'The file holds several tables, each under a line with its title, which is the asset class of the rows.';
