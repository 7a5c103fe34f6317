CREATE OR REPLACE FUNCTION count_members()
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
SET jit = off
SET work_mem = '64MB'
AS $$
    WITH sums AS MATERIALIZED (
        SELECT m.file, count(*) AS rows, count(DISTINCT m.symbol COLLATE "C") AS symbols, count(m.weight) AS weights,
            sum(m.weight::numeric) AS weight_sum,
            count(*) FILTER (WHERE y.symbol IS NULL) AS unknown,
            count(*) FILTER (WHERE NOT y.active) AS inactive
        FROM staged_members AS m
        LEFT JOIN symbols AS y ON y.symbol = m.symbol
        GROUP BY m.file
    )
    UPDATE staged_files AS f
    SET rows = coalesce(s.rows, 0), symbols = coalesce(s.symbols, 0), weights = coalesce(s.weights, 0),
        weight_sum = s.weight_sum, unknown = coalesce(s.unknown, 0), inactive = coalesce(s.inactive, 0)
    FROM staged_files AS p
    LEFT JOIN sums AS s ON s.file = p.file
    WHERE f.file = p.file AND f.status = 'pending'
$$;

COMMENT ON FUNCTION count_members() IS 'Counts the rows of staged_members into staged_files: rows, distinct symbols, weights and their sum, symbols that are unknown or inactive.';
