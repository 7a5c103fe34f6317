CREATE OR REPLACE FUNCTION assert_known(
    p_at timestamptz,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS void
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/* Distinguishes a misspelled environment, or a time before the first load, from an empty result. */
DECLARE
    v_since timestamptz;
BEGIN
    IF EXISTS (SELECT FROM definition_groups) AND NOT EXISTS (SELECT FROM definition_groups AS g WHERE g.environment = p_environment) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV003',
            MESSAGE = format('there is no universe in environment %s', p_environment),
            DETAIL = format('Environments: %s.', (SELECT string_agg(DISTINCT g.environment, ', ') FROM definition_groups AS g)),
            HINT = 'Name one of them; the names are case-sensitive.';
    END IF;

    IF p_at IS NOT NULL THEN
        SELECT min(h.since) INTO v_since
        FROM definition_groups AS g
        CROSS JOIN LATERAL (SELECT min(x.valid_from) AS since FROM membership_history AS x WHERE x.group_id = g.id) AS h
        WHERE g.environment = p_environment;
        IF v_since IS NULL OR p_at < v_since THEN
            RAISE EXCEPTION USING
                ERRCODE = 'UV003',
                MESSAGE = format('the universes at %s are not known', p_at),
                DETAIL = coalesce('History begins at ' || v_since || '.', 'There is no history yet.'),
                HINT = 'Use a later time.';
        END IF;
    END IF;
END;
$$;

COMMENT ON FUNCTION assert_known(timestamptz, text) IS 'Raises UV003 if p_environment has no universes while other environments have some, or if p_at lies before its history begins. p_at NULL: now.';
