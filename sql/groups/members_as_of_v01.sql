CREATE OR REPLACE FUNCTION members_as_of(
    p_name text,
    p_type text,
    p_at timestamptz,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS TABLE (symbol text, weight numeric, market_cap bigint, metadata jsonb, valid_from timestamptz)
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Constituents of a universe at a past moment. Before its first recorded member nothing is known, which is not the same
 * as empty: that raises UV003 instead of answering.
 */
DECLARE
    v_group_id bigint := find_group(p_name, p_type, p_environment);
    v_known_since timestamptz;
BEGIN
    SELECT min(h.valid_from) INTO v_known_since FROM membership_history AS h WHERE h.group_id = v_group_id;
    IF v_known_since IS NULL OR p_at < v_known_since THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV003',
            MESSAGE = format('the members of %s at %s are not known', p_name, p_at),
            DETAIL = coalesce('Its history begins at ' || v_known_since || '.', 'It has no history yet.'),
            HINT = 'Ask about a later moment.';
    END IF;

    RETURN QUERY
    SELECT h.symbol, h.weight, h.market_cap, h.metadata, h.valid_from
    FROM membership_history AS h
    WHERE h.group_id = v_group_id AND h.valid_from <= p_at AND (h.valid_to IS NULL OR h.valid_to > p_at)
    ORDER BY h.symbol COLLATE "C";
END;
$$;

COMMENT ON FUNCTION members_as_of(text, text, timestamptz, text) IS 'Constituents of a universe at p_at, with weight in percent, and market cap in US dollars and metadata as of valid_from. Raises UV003 for an unknown universe or a moment before its history.';
