-- Exchanges as iShares, Invesco, Dimensional and others spell those of the United States; a venue that is traded over the counter
-- is one of them, holding_skip_rules skip the unlisted rows. Names of foreign exchanges are many and change, so every other
-- stated exchange is foreign (Nasdaq Omx Helsinki, Nyse Euronext - Euronext Paris). A US line has a CUSIP: ARK writes the SEDOL,
-- seven characters, into the column cusip of a line that has none. Depositary receipts are US lines of foreign companies.
INSERT INTO listing_rules (position, column_name, pattern, listing)
VALUES
    (10, 'exchange', '^nasdaq( stock (market|exchange)|/ng[ms]|[- ](ng[ms]|gs|gm|cm)|[ -]?(global|capital)( select)?( market)?|( omx)? us)?( inc\.?| llc)?( \((global|capital).*\))?$', 'us'),
    (20, 'exchange', '^(the )?new york stock exchange([ ,].*)?$|^nyse([ -]?(arca|american|mkt|amex))?([ ,-]*(inc|llc)\.?)?$|^(nyse|american|amex)( stock)? exchange', 'us'),
    (30, 'exchange', '^(amex|arca|bats|cboe|iex|edg[ax])$|^(cboe|bats) (bzx|byx|global|exchange|us|z)|^investors'' exchange|^long[- ]term stock exchange', 'us'),
    (40, 'exchange', '^(xnas|xnys|xase|arcx|bats|xngs|xnms|xncm|iexg|us|usa|un|uw|uq|ur|ua|up|uf)$|^united states|\motc\M|^us (equity|otc)|pink sheets', 'us'),
    (45, 'exchange', 'no market|unlisted|non-nms', 'us'),
    (50, 'exchange', '.', 'foreign'),
    (60, 'currency', '^(?!(usd?|us ?\$|\$|u\.?s\.? dollars?|united states dollars?)$).', 'foreign'),
    (70, 'cusip', '^[0-9B-DF-HJ-NP-TV-Z]{6}\d$', 'foreign'),
    (80, 'name', '\m(adr|ads|american depositary|depositary receipts?|ny(rs| reg(istry)?)|new york (registry|shares))\M', 'us'),
    (90, 'country', '^(us|usa|u\.s\.(a\.)?|united states( of america)?|vereinigte staaten( von amerika)?|stati uniti|puerto rico|pr|pri)$', 'us'),
    (100, 'country', '.', 'foreign')
ON CONFLICT DO NOTHING;
