CREATE OR REPLACE FUNCTION withheld_rows(
    p_symbols text[],
    p_environment text
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* Symbols are compared without separators (BRKB, BRK/B, BRK.B) and by identifiers. Repeated rows have been taken into account. */
    WITH spelled AS MATERIALIZED (
        SELECT translate(p.symbol, './- ', '') AS form FROM unnest(p_symbols) AS p (symbol)
    ), identifiers AS MATERIALIZED (
        SELECT i.identifier FROM symbol_identifiers AS i WHERE i.symbol = ANY (p_symbols)
    ), candidate AS (
        SELECT w.id, w.group_id, w.symbol, w.line, w.stated, false AS is_member
        FROM withheld_members AS w
        WHERE w.reason <> 'repeated ticker' AND w.reason NOT LIKE 'added to line %'
            AND (w.reason <> 'inactive' OR EXISTS (SELECT FROM symbol_aliases AS a WHERE a.alias = w.symbol)) AND (
            p_symbols IS NULL OR translate(upper(btrim(w.symbol)), './- ', '') IN (SELECT s.form FROM spelled AS s)
            OR upper(split_part(btrim(w.symbol), ' ', 1)) IN (SELECT s.form FROM spelled AS s)
            OR w.stated ->> 'cusip' IN (SELECT i.identifier FROM identifiers AS i)
            OR w.stated ->> 'isin' IN (SELECT i.identifier FROM identifiers AS i)
            OR w.stated ->> 'figi' IN (SELECT i.identifier FROM identifiers AS i))
        UNION ALL
        SELECT NULL, m.group_id, m.symbol, (m.metadata ->> 'line')::bigint,
            jsonb_strip_nulls(jsonb_build_object('symbol', m.symbol, 'weight', m.weight::text, 'sector', m.metadata -> 'sector')), true
        FROM group_memberships AS m
        LEFT JOIN symbols AS y ON y.symbol = m.symbol
        WHERE y.symbol IS NULL AND EXISTS (SELECT FROM symbols)
            AND (p_symbols IS NULL OR translate(m.symbol, './- ', '') IN (SELECT s.form FROM spelled AS s))
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'group_id', c.group_id, 'symbol', c.symbol, 'stated', c.stated, 'is_member', c.is_member,
        'file', c.file, 'line', CASE WHEN c.is_first THEN c.line ELSE -c.number END)), '[]')
    FROM (
        SELECT k.*, dense_rank() OVER (ORDER BY k.group_id) AS file, row_number() OVER (ORDER BY k.group_id, k.line, k.id) AS number,
            k.line IS NOT NULL AND row_number() OVER (PARTITION BY k.group_id, k.line ORDER BY k.id) = 1 AS is_first
        FROM candidate AS k
        JOIN definition_groups AS g ON g.id = k.group_id AND g.environment = p_environment AND g.metadata ->> 'source' IS DISTINCT FROM 'rules'
    ) AS c
$$;

COMMENT ON FUNCTION withheld_rows(text[], text) IS 'Returns the rows of withheld_members, and the members that symbols does not know, that changes of p_symbols (NULL: all) may concern: an array of {id, group_id, symbol, stated, is_member, file, line}. file numbers the universes; line is that of the file where it is known, else negative.';
