CREATE VIEW @api@.current_members AS
SELECT
    g.type,
    g.name,
    g.environment,
    m.symbol,
    (m.metadata ->> 'rank')::integer AS rank,
    m.weight,
    s.market_cap,
    c.name AS sector,
    m.added_at,
    m.metadata
FROM definition_groups AS g
JOIN group_memberships AS m ON m.group_id = g.id
LEFT JOIN symbols AS s ON s.symbol = m.symbol
LEFT JOIN LATERAL (
    SELECT sg.name
    FROM group_memberships AS sm
    JOIN definition_groups AS sg ON sg.id = sm.group_id AND sg.type = 'SECTOR' AND sg.environment = g.environment
    WHERE sm.symbol = m.symbol
    LIMIT 1
) AS c ON true;

COMMENT ON VIEW @api@.current_members IS 'Current constituents of every universe. rank: 1 is the largest, NULL outside rankings. weight: percent of the fund. market_cap: US dollars.';
