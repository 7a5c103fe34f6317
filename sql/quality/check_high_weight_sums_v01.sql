CREATE VIEW check_high_weight_sums AS
SELECT f.environment, f.name AS subject, format('%s weights sum to %s percent, limit %s', f.weighted, round(f.weight_sum, 2), f.maximum) AS detail
FROM fund_weights AS f
WHERE f.weight_sum > f.maximum;

COMMENT ON VIEW check_high_weight_sums IS 'ETFs whose weights sum to more than settings.load_max_weight_sum or their row of fund_limits.';
