CREATE VIEW market_ranking AS
SELECT r.symbol, r.market_cap, row_number() OVER (ORDER BY r.market_cap DESC, r.symbol COLLATE "C")::integer AS rank
FROM (
    SELECT s.symbol, s.market_cap
    FROM active_stocks AS s
    WHERE s.market_cap > 0
    ORDER BY s.market_cap DESC, s.symbol COLLATE "C"
    LIMIT (SELECT max(size) FROM ranking_sizes WHERE kind = 'market')
) AS r;

COMMENT ON VIEW market_ranking IS 'The largest active stocks by market cap in US dollars, as many as the largest ranking needs; ties in byte order of the symbol.';
