CREATE TABLE fund_limits (
    position smallint PRIMARY KEY,
    fund_pattern text NOT NULL CHECK ('' ~ fund_pattern IS NOT NULL),
    min_weight_sum numeric,
    max_weight_sum numeric,
    description text
);

COMMENT ON TABLE fund_limits IS 'Limits of the sum of weights for funds that do not hold their whole value in listed shares: the first row whose pattern fits a fund replaces the settings load_min_weight_sum, load_low_weight_sum and load_max_weight_sum.';
COMMENT ON COLUMN fund_limits.fund_pattern IS 'Regular expression for the ticker of the fund.';
COMMENT ON COLUMN fund_limits.min_weight_sum IS 'Percent; NULL: the settings hold.';
COMMENT ON COLUMN fund_limits.max_weight_sum IS 'Percent; NULL: the setting holds.';
