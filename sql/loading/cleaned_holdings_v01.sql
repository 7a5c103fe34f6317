CREATE VIEW cleaned_holdings AS
WITH stated AS MATERIALIZED (
    -- The CUSIP of a security of the United States or Canada is in its ISIN.
    SELECT m.file, m.line, m.symbol, m.weight, m.name, m.sector, m.asset_class, m.exchange, m.country,
        coalesce(m.market_currency, m.currency) AS currency, upper(btrim(m.isin)) AS isin, upper(btrim(m.figi)) AS figi,
        coalesce(upper(btrim(m.cusip)), CASE WHEN m.isin ~* '^(US|CA)' THEN upper(substr(btrim(m.isin), 3, 9)) END) AS cusip
    FROM staged_files AS f
    JOIN staged_members AS m ON m.file = f.file
    WHERE f.status = 'pending' AND f.format IS NOT NULL
), commas AS MATERIALIZED (
    -- Files that write 0,065 for 0.065: some weights do, none has a point, and not all could be thousands.
    SELECT s.file
    FROM stated AS s
    WHERE s.weight ~ '[.,]'
    GROUP BY s.file
    HAVING count(*) > 1 AND bool_and(s.weight ~ '^-?\d{1,3},\d+ *%?$') AND bool_or(s.weight !~ '^-?[1-9]\d*,\d{3}\M')
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
), venues AS MATERIALIZED (
    -- What the few combinations of exchange, currency and country tell, and by which rule.
    SELECT k.exchange, k.currency, k.country, r.listing, r.position, r.column_name,
        CASE WHEN r.listing = 'foreign' AND r.column_name = 'country' THEN country_code(k.country) END AS country_code
    FROM (SELECT DISTINCT s.exchange, s.currency, s.country FROM stated AS s) AS k
    JOIN LATERAL (
        SELECT l.listing, l.position, l.column_name
        FROM listing_rules AS l
        CROSS JOIN LATERAL (
            SELECT CASE l.column_name WHEN 'exchange' THEN k.exchange WHEN 'currency' THEN k.currency WHEN 'country' THEN k.country END
        ) AS v (value)
        WHERE v.value !~* '^([-–— ]*|n/?a|nan|none|null|unknown)$' AND btrim(v.value) ~* l.pattern
        ORDER BY l.position
        LIMIT 1
    ) AS r ON r.listing = 'foreign'
), listed AS MATERIALIZED (
    SELECT s.file, s.line, s.symbol, s.weight, s.name, s.sector, s.asset_class, s.exchange, s.cusip, s.isin, s.figi,
        y.symbol AS known_symbol, y.name AS known_name, y.active AS is_active,
        CASE
            -- A spreadsheet takes the leading zeros of a CUSIP for superfluous, and leaves seven digits of 002824100.
            WHEN v.listing IS NOT NULL OR length(s.cusip) = 7 THEN (
                SELECT r.listing
                FROM (
                    SELECT v.listing, v.position WHERE v.listing IS NOT NULL
                        AND (v.country_code IS NULL OR y.country IS NULL OR country_code(y.country) <> v.country_code)
                    UNION ALL
                    SELECT l.listing, l.position
                    FROM listing_rules AS l
                    WHERE l.column_name = 'name' AND s.name ~* l.pattern
                        OR l.column_name = 'cusip' AND s.cusip ~* l.pattern AND NOT is_cusip(lpad(s.cusip, 9, '0'))
                    ORDER BY position
                    LIMIT 1
                ) AS r
            )
        END AS listing
    FROM stated AS s
    LEFT JOIN venues AS v ON v.exchange IS NOT DISTINCT FROM s.exchange AND v.currency IS NOT DISTINCT FROM s.currency
        AND v.country IS NOT DISTINCT FROM s.country
    LEFT JOIN symbols AS y ON y.symbol = s.symbol
), identified AS MATERIALIZED (
    -- The symbol that has an identifier of the row, an active one first.
    SELECT DISTINCT ON (s.file, s.line) s.file, s.line, i.symbol
    FROM stated AS s
    CROSS JOIN LATERAL (VALUES (s.cusip), (s.isin), (s.figi)) AS v (identifier)
    JOIN symbol_identifiers AS i ON i.identifier = v.identifier
    ORDER BY s.file, s.line, i.active DESC, i.symbol = s.symbol DESC, i.symbol
), uncertain AS MATERIALIZED (
    SELECT s.*, i.symbol AS identified_symbol,
        x.line IS NOT NULL OR s.symbol IS NULL OR s.listing = 'foreign' AS is_suspect,
        -- DKNG UW is DKNG on Nasdaq; rows with the code of a foreign exchange are skipped by a rule. AAPL* has a footnote.
        regexp_replace(upper(btrim(coalesce(s.symbol, ''), ' *†‡')), ' [A-Z]{2}( EQUITY)?$', '') AS ticker
    FROM listed AS s
    LEFT JOIN suspects AS x ON x.file = s.file AND x.line = s.line
    LEFT JOIN identified AS i ON i.file = s.file AND i.line = s.line
    WHERE x.line IS NOT NULL OR s.listing = 'foreign' OR s.known_symbol IS NULL OR NOT s.is_active
        OR s.weight !~ '^\d{1,2}(\.\d+)?$' OR i.symbol <> s.symbol
        -- Identifiers that symbols does not know may contradict those it has for the ticker.
        OR i.symbol IS NULL AND (s.cusip IS NOT NULL OR s.isin IS NOT NULL OR s.figi IS NOT NULL)
            AND EXISTS (SELECT FROM symbol_identifiers)
        -- Most names begin alike; the others are compared word by word.
        OR i.symbol IS NULL AND s.name IS NOT NULL AND (
            strpos(upper(s.known_name), upper(split_part(s.name, ' ', 1))) IS DISTINCT FROM 1
            OR upper(split_part(s.name, ' ', 1)) IN (SELECT f.word FROM name_fillers AS f))
)
SELECT u.file, u.line, u.symbol AS stated_symbol, u.weight AS stated_weight, u.name, n.symbol, w.weight,
    coalesce(s.reason, CASE
        WHEN n.symbol !~ ticker_pattern() OR length(n.symbol) > (SELECT symbol_limit()) THEN 'no ticker'
        WHEN w.weight LIKE '-%' THEN 'short position'
        WHEN c.contradicts THEN 'another company'
    END) AS reason,
    CASE WHEN u.identified_symbol IS NULL AND NOT names_agree(u.name, n.name) THEN n.name END AS other_name
FROM uncertain AS u
LEFT JOIN symbols AS y ON y.symbol = u.ticker
LEFT JOIN symbol_aliases AS a ON a.alias = u.ticker
LEFT JOIN symbols AS t ON t.symbol = a.symbol
-- A glued share class: BFB where symbols lists BF.B. The name must agree: CRDA is Croda in London, and CRD.A Crawford.
LEFT JOIN symbols AS g ON g.symbol = CASE WHEN y.symbol IS NULL THEN regexp_replace(u.ticker, '^([A-Z]+)([A-Z])$', '\1.\2') END
    AND names_agree(u.name, g.name)
LEFT JOIN symbols AS z ON z.symbol = u.identified_symbol
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN z.symbol IS NOT NULL THEN z.symbol
        WHEN y.active OR y.symbol IS NOT NULL AND a.symbol IS NULL THEN u.ticker
        WHEN a.symbol IS NOT NULL THEN a.symbol
        WHEN u.ticker ~ '^[A-Z]+[ /-][A-Z]$' THEN regexp_replace(u.ticker, '[ /-]', '.')
        ELSE coalesce(g.symbol, u.ticker)
    END
) AS m (symbol)
CROSS JOIN LATERAL (
    SELECT m.symbol, CASE m.symbol WHEN z.symbol THEN z.name WHEN y.symbol THEN y.name WHEN t.symbol THEN t.name WHEN g.symbol THEN g.name END AS name
) AS n
CROSS JOIN LATERAL (
    SELECT u.identified_symbol IS NULL AND EXISTS (
        SELECT FROM symbol_identifiers AS i
        WHERE i.symbol = n.symbol AND (
            i.kind = 'cusip' AND is_cusip(u.cusip) OR i.kind = 'isin' AND u.isin ~ '^[A-Z]{2}[A-Z0-9]{9}\d$' OR i.kind = 'figi' AND u.figi ~ '^BBG')
    ) AS contradicts
) AS c
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN v.digits ~ '^(<.*|[-–—]+|-[0.]+)$' THEN '0'
        WHEN v.digits ~ '^\(.*\)$' THEN '-' || btrim(v.digits, '()')
        WHEN v.digits ~ '^-?\d+,\d+$' AND u.file IN (SELECT c.file FROM commas AS c) THEN replace(v.digits, ',', '.')
        WHEN v.digits ~ '^-?\d{1,3}(,\d{3})+\.\d+$' THEN replace(v.digits, ',', '')
        ELSE nullif(v.digits, '')
    END AS weight
    FROM (SELECT translate(u.weight, '% ', '')) AS v (digits)
) AS w
LEFT JOIN LATERAL (
    SELECT r.reason
    FROM holding_skip_rules AS r
    WHERE u.is_suspect AND NOT (r.unknown_only AND y.symbol IS NOT NULL)
        AND coalesce(CASE r.column_name WHEN 'symbol' THEN u.symbol WHEN 'name' THEN u.name WHEN 'sector' THEN u.sector
            WHEN 'asset_class' THEN u.asset_class WHEN 'exchange' THEN u.exchange ELSE u.listing END, '') ~* r.pattern
    ORDER BY r.position
    LIMIT 1
) AS s ON true;

COMMENT ON VIEW cleaned_holdings IS 'Rows of issuer files that have to be skipped or rewritten, with their corrected values. symbol: the one with an identifier of the row (see symbol_identifiers), else as the table symbols spells it, else by symbol_aliases, else with a dot before the share class. weight: digits, percent of the fund. reason: why the row is skipped; NULL: it is kept. other_name: name of that symbol where it does not agree with the name in the file (see names_agree).';
