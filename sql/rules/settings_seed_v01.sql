INSERT INTO settings (name, value, unit, description)
VALUES
    ('market_cap_change_percent', 5, 'percent', 'symbols.market_cap is rewritten when latest close x weighted shares differs from it by more than this.'),
    ('ipo_days', 30, 'days', 'A stock is a recent IPO for this long after its list_date.'),
    ('alert_run_minutes', 5, 'minutes', 'Alert when a refresh runs longer.'),
    ('alert_uncapped_percent', 10, 'percent', 'Alert when the market cap of more than this share of active stocks cannot be computed.'),
    ('alert_changed_percent', 20, 'percent', 'Alert when more than this share of a universe changes in one run.'),
    ('alert_event_lag_minutes', 10, 'minutes', 'Alert when an event has waited longer for Redis.'),
    ('load_max_weight_sum', 101, 'percent', 'A file whose weights sum to more is held.'),
    ('load_min_weight_sum', 80, 'percent', 'A file whose weights sum to less is held.'),
    ('load_low_weight_sum', 90, 'percent', 'A file whose weights sum to less is loaded with a warning.'),
    ('load_max_unknown_percent', 25, 'percent', 'A file is held when more than this share of its symbols, of at least 10, is not in the table symbols.'),
    ('load_max_suspect_percent', 10, 'percent', 'A file is held when rows whose name does not agree with the one in symbols make up more than this share of the fund.'),
    ('load_max_rows', 1000000, 'rows', 'A file with more rows is rejected, unless it is one of prices: ten times the securities of all exchanges.'),
    ('load_max_price_rows', 20000000, 'rows', 'A file of prices with more rows is rejected: eight years of all stocks of the United States.'),
    ('prices_in_percent', 90, 'percent', 'The prices of a day are in when this share of the stocks that had one in the week before has one.'),
    ('event_retention_days', 30, 'days', 'purge_events() deletes events published longer ago.')
ON CONFLICT DO NOTHING;
