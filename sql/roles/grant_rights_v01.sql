CREATE OR REPLACE FUNCTION grant_rights(
    p_prefix text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Revokes all privileges on the package's objects from the operator, the reader and PUBLIC, and grants role_rights(). Adopted tables
 * keep what their owner granted to PUBLIC. Grants that the caller may not make are skipped: missing_rights() reports them.
 */
DECLARE
    v_item record;
BEGIN
    PERFORM revoke_rights(ARRAY[p_prefix || '_operator', p_prefix || '_reader'], true);
    FOR v_item IN
        SELECT format('%I', p_prefix || '_' || r.role) AS role, r.kind, string_agg(DISTINCT r.privilege, ', ') AS privileges, r.object
        FROM role_rights() AS r
        WHERE r.privilege <> 'OWNERSHIP' AND (r.adopted OR r.kind IN ('SCHEMA', 'DATABASE'))
        GROUP BY r.role, r.kind, r.object
        UNION ALL
        -- One statement for all objects with the same privileges.
        SELECT x.role, x.kind, x.privileges, string_agg(x.object, ', ')
        FROM (
            SELECT format('%I', p_prefix || '_' || r.role) AS role, r.kind, string_agg(r.privilege, ', ' ORDER BY r.privilege) AS privileges, r.object
            FROM role_rights() AS r
            WHERE r.privilege <> 'OWNERSHIP' AND NOT r.adopted AND r.kind NOT IN ('SCHEMA', 'DATABASE')
            GROUP BY r.role, r.kind, r.object
        ) AS x
        GROUP BY x.role, x.kind, x.privileges
    LOOP
        BEGIN
            EXECUTE format('GRANT %s ON %s %s TO %s', v_item.privileges, v_item.kind, v_item.object, v_item.role);
        EXCEPTION
            WHEN insufficient_privilege THEN
                NULL;
        END;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION grant_rights(text) IS 'Grants role_rights() to the roles with this prefix, and revokes all other privileges on the package''s objects from the operator, the reader and PUBLIC.';
