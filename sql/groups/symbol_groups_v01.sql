CREATE OR REPLACE FUNCTION @api@.symbol_groups(
    p_symbol text,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (type text, name text, rank integer, weight numeric, since timestamptz, metadata jsonb)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT g.type, g.name, (m.metadata ->> 'rank')::integer, m.weight, m.added_at, m.metadata
    FROM group_memberships AS m
    JOIN definition_groups AS g ON g.id = m.group_id
    WHERE m.symbol = p_symbol AND g.environment = p_environment
    ORDER BY g.type, g.name
$$;

COMMENT ON FUNCTION @api@.symbol_groups(text, text) IS 'Returns every universe that a symbol is in, with rank, weight in percent of the fund, since when, and metadata that says why. No row: the symbol is in none.
p_symbol: the symbol.
p_environment: environment of the universes.';
