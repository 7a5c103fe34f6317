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
 * The symbol that a person means, listed or not: a constituent that symbols does not know is one, too, and so is a former
 * constituent. Exactly as written first, then in upper case, then by any punctuation (BRK/B, brk-b).
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
        WHERE plain_name(s.symbol) = plain_name(p_symbol);
    END IF;
    IF v_symbol IS NULL THEN
        PERFORM no_such_name(p_symbol, '{SYMBOL}', p_environment);
    END IF;
    RETURN v_symbol;
END;
$$;

COMMENT ON FUNCTION find_symbol(text, text) IS 'The symbol as it is stored, for one written in any case and with any punctuation: brk/b is BRK.B. Former members of universes count, too. Raises UV003 with the nearest symbols and companies.';
