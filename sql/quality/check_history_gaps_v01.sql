CREATE VIEW check_history_gaps AS
SELECT g.environment, f.symbol AS subject, format('%s: %s', coalesce(g.type || ' ' || g.name, 'deleted group ' || f.group_id), f.fault) AS detail
FROM (
    SELECT group_id, symbol,
        CASE
            WHEN h.valid_from IS NULL THEN 'a member, but history has no open row'
            WHEN m.id IS NULL THEN format('not a member, but the row of history from %s is open', h.valid_from)
            ELSE format('weight %s, but %s in history', coalesce(m.weight::text, 'none'), coalesce(h.weight::text, 'none'))
        END AS fault
    FROM (SELECT x.id, x.group_id, x.symbol, x.weight FROM group_memberships AS x) AS m
    FULL JOIN (
        SELECT x.group_id, x.symbol, x.weight, x.valid_from FROM membership_history AS x WHERE x.valid_to IS NULL
    ) AS h USING (group_id, symbol)
    WHERE m.id IS NULL OR h.valid_from IS NULL OR m.weight IS DISTINCT FROM h.weight
    UNION ALL
    SELECT c.group_id, c.symbol, format('closed as %s at %s, but no row follows', c.close_reason, c.valid_to)
    FROM membership_history AS c
    WHERE c.close_reason IN ('reweighted', 'reclassified') AND NOT EXISTS (
        SELECT FROM membership_history AS n WHERE n.group_id = c.group_id AND n.symbol = c.symbol AND n.valid_from = c.valid_to
    )
) AS f
LEFT JOIN definition_groups AS g ON g.id = f.group_id;

COMMENT ON VIEW check_history_gaps IS 'Members whose open row of history is missing or has another weight, open rows of history without a member, and rows closed as reweighted or reclassified that no row follows at once.';
