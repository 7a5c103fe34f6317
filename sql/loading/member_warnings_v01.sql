CREATE VIEW member_warnings AS
WITH listed AS MATERIALIZED (
    SELECT m.file, array_agg(m.symbol ORDER BY m.line) FILTER (WHERE y.symbol IS NULL) AS unknown,
        array_agg(m.symbol ORDER BY m.line) FILTER (WHERE y.symbol IS NOT NULL) AS inactive
    FROM staged_members AS m
    LEFT JOIN symbols AS y ON y.symbol = m.symbol
    WHERE y.active IS NOT TRUE
    GROUP BY m.file
)
SELECT f.file, jsonb_agg(w.warning ORDER BY w.position) AS warnings
FROM staged_files AS f
CROSS JOIN LATERAL weight_limits(f.group_type, f.group_name) AS x
LEFT JOIN listed AS l ON l.file = f.file
LEFT JOIN definition_groups AS g ON g.name = f.group_name AND g.type = f.group_type AND g.environment = environment_in_use()
CROSS JOIN LATERAL (
    SELECT 1 AS position, format('the weights sum to %s percent only', round(f.weight_sum + f.foreign_percent, 2)) AS warning
    WHERE f.weight_sum + f.foreign_percent < x.low AND f.weight_sum + f.foreign_percent >= x.minimum
    UNION ALL
    SELECT 2, format('%s not in the table symbols: %s', f.unknown, abbreviate_list(l.unknown, 10))
    WHERE f.unknown > 0
    UNION ALL
    SELECT 3, format('%s inactive and left out: %s', f.inactive, abbreviate_list(l.inactive, 10))
    WHERE f.inactive > 0
    UNION ALL
    SELECT 4, format('%s left out (%s), %s percent of the fund', k.value, k.key, f.skipped_percent ->> k.key)
    FROM jsonb_each_text(f.skipped) AS k
    WHERE k.key IN ('foreign listing', 'another company') AND f.skipped_percent ? k.key
    UNION ALL
    SELECT 5, format('%s whose name is not the one in symbols: %s', jsonb_array_length(f.suspects), (
        SELECT abbreviate_list(array_agg(format('%s (%s, %s)', s.symbol, s.name, s.listed_name) ORDER BY s.line), 5)
        FROM jsonb_to_recordset(f.suspects) AS s (line bigint, symbol text, name text, listed_name text)))
    WHERE f.suspects <> '[]'
    UNION ALL
    SELECT 6, format('it states no date: the last one known, %s, is kept', g.metadata ->> 'as_of')
    WHERE f.as_of IS NULL AND g.metadata ? 'as_of' AND g.metadata ->> 'md5' IS DISTINCT FROM f.md5
    UNION ALL
    -- A file of several funds is staged as one file for each: psdlyhld.csv#NOBL.
    SELECT 7, format('%s has no row about %s any more: the members stay', split_part(f.name, '#', 1),
        abbreviate_list(array_agg(o.name ORDER BY o.name), 10))
    FROM definition_groups AS o
    WHERE f.name LIKE '%#%' AND o.type = f.group_type AND o.environment = environment_in_use() AND NOT o.metadata ? 'retired_at'
        AND o.metadata ->> 'file' LIKE replace(replace(split_part(f.name, '#', 1), '\', '\\'), '_', '\_') || '#%'
        AND f.file = (SELECT min(p.file) FROM staged_files AS p WHERE split_part(p.name, '#', 1) = split_part(f.name, '#', 1))
        AND (SELECT count(*) FROM staged_files AS p WHERE split_part(p.name, '#', 1) = split_part(f.name, '#', 1)) > 1
        AND NOT EXISTS (SELECT FROM staged_files AS p WHERE p.group_type = o.type AND p.group_name = o.name)
    HAVING count(*) > 0
) AS w
WHERE f.status = 'pending'
GROUP BY f.file;

COMMENT ON VIEW member_warnings IS 'What is worth knowing about files that may be loaded: an array of sentences per file of staged_files.';
