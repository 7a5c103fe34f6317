CREATE OR REPLACE FUNCTION @api@.members_as_of(
    p_name text,
    p_type text,
    p_at timestamptz,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (symbol text, weight numeric, market_cap bigint, metadata jsonb, valid_from timestamptz)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT h.symbol, h.weight, h.market_cap, h.metadata, h.valid_from
    FROM history_at(find_group(p_name, p_type, p_environment), p_at) AS h
    ORDER BY h.symbol COLLATE "C"
$$;

COMMENT ON FUNCTION @api@.members_as_of(text, text, timestamptz, text) IS 'Returns the members of a universe at a time, with weight in percent, and with market cap in US dollars and metadata as of valid_from. Raises UV003 for an unknown universe or a time before its history.
p_name: name of the universe.
p_type: type of the universe.
p_at: the time.
p_environment: environment of the universes.';
