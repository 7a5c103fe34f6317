CREATE VIEW @api@.membership_history AS
SELECT h.group_id, g.type, g.name, g.environment, h.symbol, h.weight, h.market_cap, h.metadata, h.valid_from, h.valid_to,
    h.opened_by, h.closed_by, h.close_reason, h.open_reason
FROM membership_history AS h
LEFT JOIN definition_groups AS g ON g.id = h.group_id;

COMMENT ON VIEW @api@.membership_history IS 'All current and past memberships, one row per period of constant weight: from valid_from (inclusive) to valid_to (exclusive; NULL: still valid). weight: percent of the fund. market_cap: US dollars when the row was opened. opened_by, closed_by: id of a run or load.';
