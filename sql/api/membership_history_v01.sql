CREATE VIEW @api@.membership_history AS
SELECT h.group_id, g.type, g.name, g.environment, h.symbol, h.weight, h.market_cap, h.metadata, h.valid_from, h.valid_to,
    h.opened_by, h.closed_by, h.close_reason
FROM membership_history AS h
LEFT JOIN definition_groups AS g ON g.id = h.group_id;

COMMENT ON VIEW @api@.membership_history IS 'Every membership there ever was, one row per stretch of time with the same weight: valid from valid_from inclusive to valid_to exclusive, NULL while it lasts. weight in percent of the fund, market_cap in US dollars when the row was opened; opened_by and closed_by: id of a run or load.';
