CREATE VIEW file_objections AS
WITH limits AS MATERIALIZED (
    SELECT max(s.value) FILTER (WHERE s.name = 'load_max_unknown_percent') AS max_unknown_percent,
        max(s.value) FILTER (WHERE s.name = 'load_max_suspect_percent') AS max_suspect_percent,
        EXISTS (SELECT FROM symbols) AS symbols_known
    FROM settings AS s
)
SELECT f.file, o.position, o.sentence
FROM staged_files AS f
CROSS JOIN limits AS x
CROSS JOIN LATERAL weight_limits(f.group_type, f.group_name) AS w
LEFT JOIN definition_groups AS g ON g.name = f.group_name AND g.type = f.group_type AND g.environment = environment_in_use()
CROSS JOIN LATERAL (
    SELECT 1 AS position, CASE WHEN f.group_name IS NULL THEN 'it states no sector' ELSE 'it has no constituent' END
        || CASE WHEN f.skipped = '{}' THEN '' ELSE format(': all of its rows are left out (%s)', (
            SELECT string_agg(k.value || ' ' || k.key, ', ' ORDER BY k.key)
            FROM jsonb_each_text(f.skipped) AS k)) END AS sentence
    WHERE f.rows = 0
    UNION ALL
    SELECT 2, format('its weights sum to %s percent, more than %s (%s)', round(f.weight_sum, 4), w.maximum,
        CASE w.source WHEN 'settings' THEN 'setting load_max_weight_sum' ELSE w.source END)
    -- Short positions that are left out offset the rows beside them: 102.60 and -2.66 of a currency hedged fund.
    WHERE f.weight_sum > w.maximum
        AND f.weight_sum + least(0, (SELECT sum(k.value::numeric) FROM jsonb_each_text(f.skipped_percent) AS k)) > w.maximum
    UNION ALL
    SELECT 3, format('its weights sum to %s percent%s, less than %s (%s)%s', round(f.weight_sum, 4),
        CASE WHEN f.foreign_percent > 0 THEN format(' and %s of foreign listings', round(f.foreign_percent, 4)) ELSE '' END, w.minimum,
        CASE w.source WHEN 'settings' THEN 'setting load_min_weight_sum' ELSE w.source END,
        CASE WHEN f.weight_sum BETWEEN 0.8 AND 1.01 THEN '; they look like fractions of 1' ELSE '' END)
    WHERE f.weight_sum + f.foreign_percent < w.minimum
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
    UNION ALL
    SELECT 8, format('nobody reads its column %s, which looks like a %s: rename it to %s, or map it: --columns %s="%s"', quote_ident(u.cell),
        replace(u.meaning, '_', ' '), u.meaning, u.meaning, u.cell)
    FROM (
        SELECT c.cell, CASE f.kind WHEN 'symbols' THEN 'market_cap' ELSE 'weight' END AS meaning
        FROM unnest(f.unread) AS c (cell)
        WHERE f.kind = 'symbols' AND c.cell ~* 'mkt[ _-]*cap|market[ _-]*(cap|value)|capitali[sz]ation'
            OR f.group_name IS NOT NULL AND c.cell ~* ('^[^a-z]*w[eigh]{1,4}t(h|s|ings?)?[^a-z]*$|weight|\m(wgt|wt)\M|^%$'
                || '|^(percent|pct|percentage|allocation)$'
                || '|(%|percent(age)?|pct\.?) *(of )?(the )?(total|net|fund|portfolio|nav|assets?|index|holdings?)')
        LIMIT 1
    ) AS u
    WHERE NOT u.meaning = ANY (f.columns)
    UNION ALL
    SELECT 9, format('it states no weights, and %s of the %s members have one', m.weights, m.members)
    FROM (SELECT count(*) AS members, count(m.weight) AS weights FROM group_memberships AS m WHERE m.group_id = g.id) AS m
    WHERE f.rows > 0 AND f.weights = 0 AND m.weights > 0
    UNION ALL
    SELECT 10, format('%s percent of it are rows whose name is not the one in symbols, more than %s (setting load_max_suspect_percent): %s',
        round(s.share, 2), x.max_suspect_percent, s.rows)
    FROM (
        SELECT CASE WHEN f.weights > 0 THEN sum(s.weight) ELSE count(*) * 100.0 / nullif(f.rows, 0) END AS share,
            abbreviate_list(array_agg(format('%s is %s in the file and %s in symbols', s.symbol, s.name, s.listed_name)
                ORDER BY s.weight DESC NULLS LAST, s.line), 5) AS rows
        FROM jsonb_to_recordset(f.suspects) AS s (line bigint, symbol text, name text, listed_name text, weight numeric)
    ) AS s
    WHERE s.share > x.max_suspect_percent
) AS o
WHERE f.status = 'pending';

COMMENT ON VIEW file_objections IS 'Reasons why a well-formed file should not be loaded, one sentence per failed guard. Changes of the universe itself are judged by membership_guards.';
