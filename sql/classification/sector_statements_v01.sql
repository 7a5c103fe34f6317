CREATE VIEW sector_statements AS
SELECT
    s.symbol,
    s.sic_code,
    r.industry,
    a.sectors,
    a.rules
FROM active_stocks AS s
LEFT JOIN sector_overrides AS o ON o.symbol = s.symbol
LEFT JOIN (
    -- The latest file decides; of equally recent ones, that of the fund first by name.
    SELECT DISTINCT ON (m.symbol) m.symbol, x.sector, g.name AS etf, m.metadata ->> 'sector' AS stated
    FROM definition_groups AS g
    JOIN group_memberships AS m ON m.group_id = g.id
    JOIN vendor_sectors AS x ON x.vendor_sector = lower(m.metadata ->> 'sector') AND x.sector <> 'unknown'
    WHERE g.type = 'ETF' AND g.environment = environment_in_use() AND g.metadata ? 'format'
    ORDER BY m.symbol, g.metadata ->> 'as_of' DESC NULLS LAST, g.name
) AS h ON h.symbol = s.symbol
LEFT JOIN (
    -- A stock in two sector funds follows the one in which it weighs more.
    SELECT DISTINCT ON (m.symbol) m.symbol, e.sector, e.etf
    FROM sector_etfs AS e
    JOIN definition_groups AS g ON g.type = 'ETF' AND g.name = e.etf AND g.environment = environment_in_use()
    JOIN group_memberships AS m ON m.group_id = g.id
    ORDER BY m.symbol, m.weight DESC NULLS LAST, e.etf
) AS f ON f.symbol = s.symbol
LEFT JOIN LATERAL (
    -- Ranges do not overlap, so the nearest start is the only candidate.
    SELECT x.sic_from, x.sic_to, x.sector, x.industry
    FROM sic_sectors AS x
    WHERE x.sic_from <= CASE WHEN s.sic_code ~ '^\d{1,4}$' THEN s.sic_code::integer END
    ORDER BY x.sic_from DESC
    LIMIT 1
) AS r ON CASE WHEN s.sic_code ~ '^\d{1,4}$' THEN s.sic_code::integer END <= r.sic_to
LEFT JOIN vendor_sectors AS v ON v.vendor_sector = lower(btrim(s.sector))
CROSS JOIN LATERAL (
    SELECT
        ARRAY[o.sector, h.sector, f.sector, nullif(r.sector, 'unknown'), nullif(v.sector, 'unknown')] AS sectors,
        ARRAY[
            coalesce(o.reason, o.file || ' line ' || o.line, 'set by ' || o.created_by),
            h.etf || ' file: ' || h.stated,
            'constituent of ' || f.etf,
            'SIC ' || s.sic_code || ' in ' || r.sic_from || '-' || r.sic_to,
            'vendor sector ' || v.vendor_sector
        ] AS rules
    OFFSET 0 -- Otherwise the arrays would be built anew wherever a reader mentions them.
) AS a;

COMMENT ON VIEW sector_statements IS 'Statements about the sector of every active stock. sectors, rules: what override, issuer_file, sector_fund, sic and vendor state (in this order) and why; NULL where a source states nothing. industry follows the SIC code.';
