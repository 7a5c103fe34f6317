CREATE OR REPLACE FUNCTION assert_mode(
    p_mode text,
    p_modes text[]
)
RETURNS void
LANGUAGE plpgsql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
/* Raises UV002 for a mode that is not one of p_modes. */
BEGIN
    IF p_mode IS NULL OR p_mode <> ALL (p_modes) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('unknown mode %L', p_mode),
            HINT = format('Modes: %s.', array_to_string(p_modes, ', '));
    END IF;
END;
$$;

COMMENT ON FUNCTION assert_mode(text, text[]) IS 'Raises UV002 unless p_mode is one of p_modes.';
