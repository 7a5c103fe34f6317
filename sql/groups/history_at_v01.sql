CREATE OR REPLACE FUNCTION history_at(
    p_group_id bigint,
    p_at timestamptz
)
RETURNS SETOF membership_history
LANGUAGE plpgsql
STABLE
ROWS 500
SET search_path FROM CURRENT
AS $$
/*
 * Returns no row only if the universe is known to be empty: before its first recorded member it is unknown, which raises UV003.
 */
DECLARE
    v_known_since timestamptz;
BEGIN
    RETURN QUERY
    SELECT h.* FROM membership_history AS h WHERE h.group_id = p_group_id AND h.valid_to IS NULL AND h.valid_from <= p_at
    UNION ALL
    SELECT h.* FROM membership_history AS h WHERE h.group_id = p_group_id AND h.valid_to > p_at AND h.valid_from <= p_at;
    IF FOUND THEN
        RETURN;
    END IF;

    SELECT min(h.valid_from) INTO v_known_since FROM membership_history AS h WHERE h.group_id = p_group_id;
    IF (p_at >= v_known_since) IS NOT TRUE THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV003',
            MESSAGE = format('the members of %s at %s are not known', (SELECT g.name FROM definition_groups AS g WHERE g.id = p_group_id), p_at),
            DETAIL = coalesce('Its history begins at ' || v_known_since || '.', 'It has no history yet.'),
            HINT = 'Use a later time.';
    END IF;
END;
$$;

COMMENT ON FUNCTION history_at(bigint, timestamptz) IS 'Returns the rows of membership_history of one universe that were valid at p_at. Raises UV003 for a time before its history.';
