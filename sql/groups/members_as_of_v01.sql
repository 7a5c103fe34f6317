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

COMMENT ON FUNCTION @api@.members_as_of(text, text, timestamptz, text) IS 'Constituents of a universe at p_at, with weight in percent, and market cap in US dollars and metadata as of valid_from. Raises UV003 for an unknown universe or a moment before its history.';
