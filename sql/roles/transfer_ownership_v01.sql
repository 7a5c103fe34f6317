CREATE OR REPLACE FUNCTION transfer_ownership(
    p_owner text,
    p_from text DEFAULT NULL
)
RETURNS text[]
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Makes p_owner the owner of everything the package has created, or of the part that p_from owns, and returns the previous owners.
 * Objects that it already owns are skipped, so that a second call takes no lock.
 */
DECLARE
    v_item record;
    v_before text[] := '{}';
BEGIN
    FOR v_item IN
        SELECT r.kind, r.object, pg_get_userbyid(coalesce(c.relowner, p.proowner, t.typowner)) AS owner
        FROM role_rights() AS r
        LEFT JOIN pg_class AS c ON c.oid = CASE WHEN r.kind NOT IN ('FUNCTION', 'TYPE') THEN to_regclass(r.object) END
        LEFT JOIN pg_proc AS p ON p.oid = CASE WHEN r.kind = 'FUNCTION' THEN to_regprocedure(r.object) END
        LEFT JOIN pg_type AS t ON t.oid = CASE WHEN r.kind = 'TYPE' THEN to_regtype(r.object) END
        WHERE r.privilege = 'OWNERSHIP'
    LOOP
        IF v_item.owner <> p_owner AND v_item.owner = coalesce(p_from, v_item.owner) THEN
            EXECUTE format('ALTER %s %s OWNER TO %I', v_item.kind, v_item.object, p_owner);
            v_before := v_before || v_item.owner::text;
        END IF;
    END LOOP;
    RETURN ARRAY(SELECT DISTINCT b FROM unnest(v_before) AS b ORDER BY b);
END;
$$;

COMMENT ON FUNCTION transfer_ownership(text, text) IS 'Makes p_owner the owner of the package''s objects, or of those that p_from owns, except adopted tables. Returns the previous owners.';
