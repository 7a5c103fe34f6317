CREATE OR REPLACE FUNCTION save_issuer_format(
    p_name text,
    p_headers text[],
    p_columns jsonb
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
BEGIN
    IF p_name !~ '^[a-z][a-z0-9_]*$' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('%L cannot be the name of a format', p_name),
            HINT = 'Use lower-case letters, digits and underscores: my_issuer.';
    ELSIF EXISTS (SELECT FROM issuer_formats AS f WHERE f.name = p_name AND (f.headers, f.columns) IS DISTINCT FROM (p_headers, p_columns)) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('there is another format %s already', p_name),
            HINT = 'Save it under another name, or change that row of issuer_formats.';
    END IF;
    INSERT INTO issuer_formats (name, issuer, headers, columns) VALUES (p_name, p_name, p_headers, p_columns) ON CONFLICT DO NOTHING;
END;
$$;

COMMENT ON FUNCTION save_issuer_format(text, text[], jsonb) IS 'Saves a layout of holdings files as the row p_name of issuer_formats. p_headers: cells that the header has, lower case. p_columns: list of header cells by column of staged_members. Raises UV002 if the name is taken by another layout or no identifier.';
