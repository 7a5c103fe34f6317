CREATE TABLE listing_rules (
    position smallint PRIMARY KEY,
    column_name text NOT NULL CHECK (column_name IN ('exchange', 'currency', 'country', 'name', 'cusip')),
    pattern text NOT NULL CHECK ('' ~* pattern IS NOT NULL),
    listing text NOT NULL CHECK (listing IN ('us', 'foreign'))
);

COMMENT ON TABLE listing_rules IS 'Which rows of issuer files are lines listed in the United States: the first rule that fits decides, a row that none fits counts as one. holding_skip_rules skip the foreign ones.';
COMMENT ON COLUMN listing_rules.position IS 'Order of the rules, lowest first.';
COMMENT ON COLUMN listing_rules.column_name IS 'Value to look at, as the file states it. currency: market currency, else currency. A value that the file does not state, or states as a dash or n/a, fits no rule.';
COMMENT ON COLUMN listing_rules.pattern IS 'Regular expression, case does not matter.';
COMMENT ON COLUMN listing_rules.listing IS 'us: a line listed in the United States. foreign: a line listed elsewhere. A foreign country does not count where symbols states the same country for the ticker: it is the US line of that company.';
