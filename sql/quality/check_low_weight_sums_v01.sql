CREATE VIEW check_low_weight_sums AS
SELECT f.environment, f.name AS subject, format('%s weights sum to %s percent, limit %s', f.weighted, round(f.weight_sum, 2), l.value) AS detail
FROM fund_weights AS f
JOIN settings AS l ON l.name = 'load_low_weight_sum'
WHERE f.weight_sum < l.value;

COMMENT ON VIEW check_low_weight_sums IS 'ETFs whose weights sum to less than settings.load_low_weight_sum.';
