-- Gives the memberships of an adopted group_memberships a history that starts at added_at.
INSERT INTO membership_history (group_id, symbol, weight, market_cap, metadata, valid_from)
SELECT m.group_id, m.symbol, m.weight, s.market_cap, m.metadata, coalesce(m.added_at, now())
FROM group_memberships AS m
LEFT JOIN symbols AS s ON s.symbol = m.symbol
ON CONFLICT DO NOTHING;
