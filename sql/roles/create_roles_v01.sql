CREATE OR REPLACE FUNCTION @api@.create_roles(
    p_prefix text DEFAULT 'universes'
)
RETURNS TABLE (status text, problem text, remedy text)
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET lock_timeout = '10s'
SET client_min_messages = error
AS $$
/*
 * Creates the roles <prefix>_owner, _operator and _reader (NOLOGIN) if missing, makes the owner the owner of the package's objects,
 * revokes everything from PUBLIC, and grants exactly role_rights(). Idempotent: call it again after a migration that creates
 * objects. Adopted tables keep their owner. Returns privileges that could not be granted with status FAIL, and matters for the
 * caller to decide with status WARN. Roles belong to the whole cluster: other schemas and databases may use the same.
 * Needs a superuser, or a role with CREATEROLE that owns the package's objects and may grant on the schema.
 */
DECLARE
    v_owner text := p_prefix || '_owner';
    v_role text;
    v_losers text[];
BEGIN
    PERFORM assert_prefix(p_prefix);
    PERFORM pg_advisory_xact_lock(hashtextextended('pg-universes roles', 0));
    FOREACH v_role IN ARRAY ARRAY[v_owner, p_prefix || '_operator', p_prefix || '_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = v_role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
        END IF;
    END LOOP;
    -- The creator of a role is not automatically its member, and only members may transfer ownership to it.
    IF NOT pg_has_role(v_owner, 'USAGE') THEN
        EXECUTE format('GRANT %I TO CURRENT_USER', v_owner);
    END IF;
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I, %I TO %I', api_schema(), engine_schema(), v_owner);

    v_losers := transfer_ownership(v_owner);
    PERFORM grant_rights(p_prefix);

    RETURN QUERY
    SELECT 'FAIL', format('%s has no %s on %s', m.role, m.privilege, m.object), m.remedy FROM missing_rights(p_prefix) AS m;
    RETURN QUERY
    SELECT 'WARN', format('%s owned objects of the package and has lost its rights on them', l.name),
        format('GRANT %I TO %I; if it imports prices or migrates, else _operator or _reader', v_owner, l.name)
    FROM unnest(v_losers) AS l (name)
    JOIN pg_roles AS r ON r.rolname = l.name
    WHERE NOT r.rolsuper AND NOT pg_has_role(l.name, v_owner, 'USAGE');
    RETURN QUERY
    SELECT 'WARN', format('everybody may create objects in schema %s, and so change what functions of the package call', n.nspname),
        format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC;', n.nspname)
    FROM pg_namespace AS n
    CROSS JOIN LATERAL aclexplode(n.nspacl) AS a
    WHERE n.nspname IN (api_schema(), engine_schema()) AND a.grantee = 0 AND a.privilege_type = 'CREATE';
END;
$$;

COMMENT ON FUNCTION @api@.create_roles(text) IS 'Creates the roles owner, operator and reader, or brings them up to date, and returns what could not be granted (FAIL) or deserves attention (WARN), each with its remedy. Raises UV002 for a prefix that cannot be used, 42501 when the caller lacks the rights.
p_prefix: prefix of the roles: PREFIX_owner, PREFIX_operator, PREFIX_reader.';
