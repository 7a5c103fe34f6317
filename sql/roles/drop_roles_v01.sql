CREATE OR REPLACE FUNCTION @api@.drop_roles(
    p_prefix text DEFAULT 'universes'
)
RETURNS TABLE (role text, dropped boolean, members text[], reason text)
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET lock_timeout = '10s'
SET client_min_messages = error
AS $$
/*
 * Undoes create_roles(): the caller becomes the owner again, the three roles lose every right on this schema, PUBLIC may call the
 * functions as after migrate up. A role that something else needs, such as a second schema or database, stays; the others are
 * dropped together with their memberships.
 */
DECLARE
    v_roles text[] := ARRAY(
        SELECT r.rolname::text FROM pg_roles AS r
        WHERE r.rolname IN (p_prefix || '_owner', p_prefix || '_operator', p_prefix || '_reader') ORDER BY r.rolname);
    v_functions text;
BEGIN
    IF v_roles = '{}' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV003',
            MESSAGE = format('there are no roles with the prefix %s', p_prefix),
            HINT = 'SELECT rolname FROM pg_roles WHERE rolname LIKE ''%\_operator'' finds others.';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('pg-universes roles', 0));
    PERFORM transfer_ownership(current_user::text, p_prefix || '_owner');
    PERFORM revoke_rights(v_roles, false);
    SELECT string_agg(r.object, ', ') INTO v_functions
    FROM role_rights() AS r
    JOIN pg_proc AS p ON p.oid = CASE WHEN r.kind = 'FUNCTION' THEN to_regprocedure(r.object) END AND NOT p.prosecdef
    WHERE r.privilege = 'OWNERSHIP';
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', v_functions);

    FOREACH role IN ARRAY v_roles LOOP
        members := ARRAY(
            SELECT m.rolname::text
            FROM pg_auth_members AS a
            JOIN pg_roles AS g ON g.oid = a.roleid AND g.rolname = role
            JOIN pg_roles AS m ON m.oid = a.member
            WHERE m.rolname <> current_user
            ORDER BY m.rolname);
        -- Privileges on the database apply to every schema in it.
        IF NOT EXISTS (
            SELECT FROM pg_shdepend AS d
            WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = to_regrole(quote_ident(role))
                AND d.dbid = (SELECT b.oid FROM pg_database AS b WHERE b.datname = current_database())
        ) THEN
            EXECUTE format('REVOKE ALL ON DATABASE %I FROM %I', current_database(), role);
        END IF;
        BEGIN
            EXECUTE format('DROP ROLE %I', role);
            dropped := true;
            reason := NULL;
        EXCEPTION
            WHEN dependent_objects_still_exist THEN
                GET STACKED DIAGNOSTICS reason = PG_EXCEPTION_DETAIL;
                dropped := false;
        END;
        RETURN NEXT;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION @api@.drop_roles(text) IS 'Revokes what create_roles granted in this schema and drops the roles that nothing else needs, one row per role: reason says what needs a role that stays, members who belonged to it. Raises UV003 when there are none.
p_prefix: prefix of the roles.';
