CREATE OR REPLACE FUNCTION find_symbol(
    p_symbol text,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS text
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Finds symbols missing in the table symbols too, if they are or were members. Tries the exact spelling, then upper case, then
 * any punctuation (BRK/B, brk-b).
 */
DECLARE
    v_symbol text;
BEGIN
    SELECT x.symbol INTO v_symbol
    FROM unnest(ARRAY[p_symbol, upper(btrim(p_symbol))]) WITH ORDINALITY AS x (symbol, place)
    WHERE EXISTS (SELECT FROM symbols AS s WHERE s.symbol = x.symbol)
        OR EXISTS (
            SELECT FROM definition_groups AS g JOIN membership_history AS h ON h.group_id = g.id AND h.symbol = x.symbol
            WHERE g.environment = p_environment
        )
    ORDER BY x.place
    LIMIT 1;
    IF v_symbol IS NULL THEN
        SELECT CASE WHEN count(*) = 1 THEN min(s.symbol) END INTO v_symbol
        FROM symbols AS s
        WHERE normalize_name(s.symbol) = normalize_name(p_symbol);
    END IF;
    IF v_symbol IS NULL THEN
        PERFORM raise_unknown_name(p_symbol, '{SYMBOL}', p_environment);
    END IF;
    RETURN v_symbol;
END;
$$;

COMMENT ON FUNCTION find_symbol(text, text) IS 'Returns the stored spelling of a symbol given in any case and punctuation: brk/b is BRK.B. Former members of universes count too. Raises UV003 with the nearest symbols and companies.';
