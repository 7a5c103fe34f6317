CREATE VIEW check_history_overlaps AS
SELECT g.environment, o.symbol AS subject,
    format('%s: the row from %s lasts until %s, the next begins %s', coalesce(g.type || ' ' || g.name, 'deleted group ' || o.group_id),
        o.valid_from, coalesce(o.valid_to::text, 'today'), o.next_from) AS detail
FROM (
    SELECT h.group_id, h.symbol, h.valid_from, h.valid_to,
        lead(h.valid_from) OVER (PARTITION BY h.group_id, h.symbol ORDER BY h.valid_from) AS next_from
    FROM membership_history AS h
) AS o
LEFT JOIN definition_groups AS g ON g.id = o.group_id
WHERE o.next_from < coalesce(o.valid_to, 'infinity');

COMMENT ON VIEW check_history_overlaps IS 'Rows of history that are still valid when the next row of the same member begins.';
