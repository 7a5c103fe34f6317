CREATE VIEW stock_sectors AS
SELECT
    s.symbol,
    coalesce(f.sector, nullif(r.sector, 'unknown'), v.sector, 'unknown') AS sector,
    CASE
        WHEN f.sector IS NOT NULL THEN 'sector_fund'
        WHEN r.sector <> 'unknown' THEN 'sic'
        WHEN v.sector IS NOT NULL THEN 'vendor'
        ELSE 'none'
    END AS source,
    CASE
        WHEN f.sector IS NOT NULL THEN 'constituent of ' || f.etf
        WHEN r.sector <> 'unknown' THEN format('SIC %s in %s-%s', s.sic_code, r.sic_from, r.sic_to)
        WHEN v.sector IS NOT NULL THEN 'vendor sector ' || v.vendor_sector
        ELSE 'no source'
    END AS rule,
    r.industry,
    s.sic_code
FROM symbols AS s
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
WHERE s.active AND s.type IN ('CS', 'ADRC');

COMMENT ON VIEW stock_sectors IS 'The one place that decides a stock''s sector: constituent of a sector fund, else SIC range, else the vendor''s sector, else unknown. industry follows the SIC range.';
