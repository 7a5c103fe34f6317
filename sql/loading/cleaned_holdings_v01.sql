CREATE VIEW cleaned_holdings AS
WITH stated AS MATERIALIZED (
    SELECT m.file, m.line, m.symbol, m.weight, m.name, m.sector, m.asset_class, m.exchange
    FROM staged_files AS f
    JOIN staged_members AS m ON m.file = f.file
    WHERE f.status = 'pending' AND f.format IS NOT NULL
), skip AS MATERIALIZED (
    SELECT string_agg(r.pattern, '|') FILTER (WHERE r.column_name = 'symbol') AS symbol,
        string_agg(r.pattern, '|') FILTER (WHERE r.column_name = 'name') AS name,
        string_agg(r.pattern, '|') FILTER (WHERE r.column_name = 'sector') AS sector,
        string_agg(r.pattern, '|') FILTER (WHERE r.column_name = 'asset_class') AS asset_class,
        string_agg(r.pattern, '|') FILTER (WHERE r.column_name = 'exchange') AS exchange
    FROM holding_skip_rules AS r
), suspects AS MATERIALIZED (
    -- Rows that a rule may match. Starting a regular expression is expensive and continuing it is cheap, so it runs once over
    -- a text of all values, each followed by its line number, and once over each of the few combinations of other columns.
    SELECT t.file, found.groups[array_upper(found.groups, 1)]::bigint AS line
    FROM (
        SELECT s.file, string_agg(translate(s.symbol, E'\n\r', '  ') || E'\n#' || s.line, E'\n') AS symbols,
            string_agg(translate(s.name, E'\n\r', '  ') || E'\n#' || s.line, E'\n') AS names
        FROM stated AS s
        GROUP BY s.file
    ) AS t
    CROSS JOIN skip
    CROSS JOIN LATERAL (
        SELECT regexp_matches(t.symbols, '(?:' || skip.symbol || ').*\n#(\d+)$', 'gin')
        UNION ALL
        SELECT regexp_matches(t.names, '(?:' || skip.name || ').*\n#(\d+)$', 'gin')
    ) AS found (groups)
    UNION
    SELECT k.file, unnest(k.lines)
    FROM (
        SELECT s.file, s.sector, s.asset_class, s.exchange, array_agg(s.line) AS lines
        FROM stated AS s
        GROUP BY s.file, s.sector, s.asset_class, s.exchange
    ) AS k
    JOIN skip ON k.sector ~* skip.sector OR k.asset_class ~* skip.asset_class OR k.exchange ~* skip.exchange
), uncertain AS MATERIALIZED (
    SELECT s.*, x.line IS NOT NULL OR s.symbol IS NULL AS is_suspect,
        -- DKNG UW is DKNG on Nasdaq; rows with the code of a foreign exchange are skipped by a rule.
        regexp_replace(upper(btrim(coalesce(s.symbol, ''))), ' [A-Z]{2}( EQUITY)?$', '') AS ticker
    FROM stated AS s
    LEFT JOIN suspects AS x ON x.file = s.file AND x.line = s.line
    LEFT JOIN symbols AS y ON y.symbol = s.symbol
    WHERE x.line IS NOT NULL OR y.symbol IS NULL OR s.weight !~ '^\d{1,2}(\.\d+)?$'
)
SELECT u.file, u.line, u.symbol AS stated_symbol, u.weight AS stated_weight, u.name, n.symbol, w.weight,
    coalesce(s.reason, CASE
        WHEN n.symbol !~ ticker_pattern() OR length(n.symbol) > (SELECT symbol_limit()) THEN 'no ticker'
        WHEN w.weight LIKE '-%' THEN 'short position'
    END) AS reason
FROM uncertain AS u
LEFT JOIN symbols AS y ON y.symbol = u.ticker
LEFT JOIN symbol_aliases AS a ON a.alias = u.ticker
LEFT JOIN symbols AS g ON g.symbol = CASE WHEN y.symbol IS NULL THEN regexp_replace(u.ticker, '^([A-Z]+)([A-Z])$', '\1.\2') END
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN y.symbol IS NOT NULL THEN u.ticker
        WHEN a.symbol IS NOT NULL THEN a.symbol
        WHEN u.ticker ~ '^[A-Z]+[ /-][A-Z]$' THEN regexp_replace(u.ticker, '[ /-]', '.')
        ELSE coalesce(g.symbol, u.ticker)
    END AS symbol
) AS n
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN v.digits ~ '^(<.*|[-–—]+|-[0.]+)$' THEN '0'
        WHEN v.digits ~ '^\(.*\)$' THEN '-' || btrim(v.digits, '()')
        WHEN v.digits ~ '^-?\d{1,3}(,\d{3})+(\.\d+)?$' THEN replace(v.digits, ',', '')
        ELSE nullif(v.digits, '')
    END AS weight
    FROM (SELECT translate(u.weight, '% ', '')) AS v (digits)
) AS w
LEFT JOIN LATERAL (
    SELECT r.reason
    FROM holding_skip_rules AS r
    WHERE u.is_suspect AND NOT (r.unknown_only AND y.symbol IS NOT NULL)
        AND coalesce(CASE r.column_name WHEN 'symbol' THEN u.symbol WHEN 'name' THEN u.name WHEN 'sector' THEN u.sector
            WHEN 'asset_class' THEN u.asset_class ELSE u.exchange END, '') ~* r.pattern
    ORDER BY r.position
    LIMIT 1
) AS s ON true;

COMMENT ON VIEW cleaned_holdings IS 'Rows of issuer files that have to be skipped or rewritten, with their corrected values. symbol: as the table symbols spells it, else by symbol_aliases, else with a dot before the share class. weight: digits, percent of the fund. reason: why the row is skipped; NULL: it is kept.';
