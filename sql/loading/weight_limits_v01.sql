CREATE OR REPLACE FUNCTION weight_limits(
    p_group_type text,
    p_group_name text,
    OUT minimum numeric,
    OUT low numeric,
    OUT maximum numeric,
    OUT source text
)
RETURNS record
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT coalesce(l.min_weight_sum, x.minimum), coalesce(l.min_weight_sum, x.low), coalesce(l.max_weight_sum, x.maximum),
        CASE WHEN l.position IS NULL THEN 'settings' ELSE format('fund_limits, position %s', l.position) END
    FROM (
        SELECT max(s.value) FILTER (WHERE s.name = 'load_min_weight_sum') AS minimum,
            max(s.value) FILTER (WHERE s.name = 'load_low_weight_sum') AS low,
            max(s.value) FILTER (WHERE s.name = 'load_max_weight_sum') AS maximum
        FROM settings AS s
    ) AS x
    LEFT JOIN LATERAL (
        SELECT f.* FROM fund_limits AS f WHERE p_group_type = 'ETF' AND p_group_name ~ f.fund_pattern ORDER BY f.position LIMIT 1
    ) AS l ON true
$$;

COMMENT ON FUNCTION weight_limits(text, text) IS 'Returns the limits of the sum of weights of a universe, percent: below minimum a file is held, below low it is loaded with a warning, above maximum it is held. source: the table that they come from.';
