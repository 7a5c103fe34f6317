CREATE VIEW desired_past AS
SELECT g.type AS group_type, g.name AS group_name, h.symbol, h.weight,
    -- Metadata without history, such as the line of a file, is today's; rankings are renumbered.
    CASE WHEN h.metadata ? 'rank' THEN
        coalesce(m.metadata, h.metadata) || jsonb_build_object('rank', row_number() OVER (
            PARTITION BY h.group_id ORDER BY s.market_cap DESC NULLS LAST, h.symbol COLLATE "C"))
        ELSE coalesce(m.metadata, h.metadata)
    END AS metadata
FROM definition_groups AS g
JOIN membership_history AS h ON h.group_id = g.id
    AND h.valid_from <= current_setting('universes.past')::timestamptz
    AND (h.valid_to IS NULL OR h.valid_to > current_setting('universes.past')::timestamptz)
LEFT JOIN group_memberships AS m ON h.valid_to IS NULL AND m.group_id = h.group_id AND m.symbol = h.symbol
LEFT JOIN symbols AS s ON s.symbol = h.symbol
WHERE g.environment = environment_in_use() AND s.active IS NOT FALSE;

COMMENT ON VIEW desired_past IS 'Members of every universe at the time in the setting universes.past: what rollback_universes restores. weight: percent of the fund.';
