CREATE OR REPLACE FUNCTION saved_rights(
    p_path text,
    p_definition text,
    p_dependants text[]
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* public_revoked: the installed text takes rights from PUBLIC, the one that replaces it, p_definition, does not. */
    SELECT coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object('public_revoked',
        r.path = p_path AND f.definition ~ '\nREVOKE [^;]* FROM PUBLIC;' AND p_definition !~ '\nREVOKE [^;]* FROM PUBLIC;')), '[]')
    FROM object_rights AS r
    JOIN installed_files AS f ON f.path = r.path
    WHERE r.path = p_path OR r.path = ANY (p_dependants)
$$;

COMMENT ON FUNCTION saved_rights(text, text, text[]) IS 'Rows of object_rights for a file of sql/ and its dependants, for restore_rights.';
