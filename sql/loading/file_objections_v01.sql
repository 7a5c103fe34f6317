CREATE VIEW file_objections AS
WITH limits AS MATERIALIZED (
    SELECT max(s.value) FILTER (WHERE s.name = 'load_max_weight_sum') AS max_weight_sum,
        max(s.value) FILTER (WHERE s.name = 'load_min_weight_sum') AS min_weight_sum,
        max(s.value) FILTER (WHERE s.name = 'load_max_unknown_percent') AS max_unknown_percent,
        EXISTS (SELECT FROM symbols) AS symbols_known
    FROM settings AS s
)
SELECT f.file, o.position, o.sentence
FROM staged_files AS f
CROSS JOIN limits AS x
LEFT JOIN definition_groups AS g ON g.name = f.group_name AND g.type = f.group_type AND g.environment = environment_in_use()
CROSS JOIN LATERAL (
    SELECT 1 AS position, CASE WHEN f.group_name IS NULL THEN 'it states no sector' ELSE 'it has no constituent' END AS sentence
    WHERE f.rows = 0
    UNION ALL
    SELECT 2, format('its weights sum to %s percent, more than %s (setting load_max_weight_sum)', round(f.weight_sum, 4), x.max_weight_sum)
    WHERE f.weight_sum > x.max_weight_sum
    UNION ALL
    SELECT 3, format('its weights sum to %s percent, less than %s (setting load_min_weight_sum)%s', round(f.weight_sum, 4), x.min_weight_sum,
        CASE WHEN f.weight_sum BETWEEN 0.8 AND 1.01 THEN '; they look like fractions of 1' ELSE '' END)
    WHERE f.weight_sum < x.min_weight_sum
    UNION ALL
    SELECT 4, format('it is as of %s, older than the one loaded, %s', to_char(f.as_of, 'YYYY-MM-DD'), g.metadata ->> 'as_of')
    WHERE f.as_of < holdings_date(g.metadata ->> 'as_of')
    UNION ALL
    SELECT 5, format('%s of %s symbols are not in the table symbols, more than %s percent (setting load_max_unknown_percent)', f.unknown, f.rows,
        x.max_unknown_percent)
    WHERE x.symbols_known AND f.rows >= 10 AND f.unknown * 100 > x.max_unknown_percent * f.rows
    UNION ALL
    SELECT 6, format('a rollback reverted this file at %s (run %s)', g.metadata #>> '{rolled_back,at}', g.metadata #>> '{rolled_back,run_id}')
    WHERE g.metadata #> '{rolled_back,md5}' ? f.md5
    UNION ALL
    SELECT 7, format('it would delete %s of %s overrides that its last version stated, more than membership_guards allow', c.removed, c.before)
    FROM (
        SELECT count(*) AS before, count(*) FILTER (WHERE s.symbol IS NULL) AS removed
        FROM sector_overrides AS v
        LEFT JOIN staged_sectors AS s ON s.symbol = v.symbol
        WHERE v.file = f.name
    ) AS c
    WHERE f.group_name IS NULL AND f.rows > 0 AND exceeds_guard('SECTOR_OVERRIDE', c.before, f.rows - (c.before - c.removed), c.removed)
) AS o
WHERE f.status = 'pending';

COMMENT ON VIEW file_objections IS 'Reasons why a well-formed file should not be loaded, one sentence per failed guard. Changes of the universe itself are judged by membership_guards.';
