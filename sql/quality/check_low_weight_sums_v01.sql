CREATE VIEW check_low_weight_sums AS
SELECT f.environment, f.name AS subject, format('%s weights sum to %s percent%s, limit %s', f.weighted, round(f.weight_sum, 2),
    CASE WHEN f.foreign_percent > 0 THEN format(' and %s of foreign listings', round(f.foreign_percent, 2)) ELSE '' END, f.low) AS detail
FROM fund_weights AS f
WHERE f.weight_sum + f.foreign_percent < f.low;

COMMENT ON VIEW check_low_weight_sums IS 'ETFs whose weights, those of foreign listings included, sum to less than settings.load_low_weight_sum or their row of fund_limits.';
