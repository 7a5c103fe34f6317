CREATE VIEW stock_bands AS
SELECT s.symbol, s.market_cap, b.name AS band
FROM (
    SELECT name, min_market_cap, lead(min_market_cap) OVER (ORDER BY min_market_cap) AS next_band
    FROM market_cap_bands
) AS b
JOIN active_stocks AS s ON s.market_cap >= b.min_market_cap AND (b.next_band IS NULL OR s.market_cap < b.next_band);

COMMENT ON VIEW stock_bands IS 'Market-cap band of every active stock that reaches the lowest band. market_cap in US dollars.';
