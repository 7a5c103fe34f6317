CREATE OR REPLACE FUNCTION missing_rights(
    p_prefix text DEFAULT 'universes'
)
RETURNS TABLE (role text, privilege text, kind text, object text, remedy text)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* Compares role_rights() with the catalog. The remedy is a GRANT for a role that may execute it. */
    SELECT r.name, r.privilege, r.kind, r.object, CASE
            WHEN r.privilege = 'OWNERSHIP' THEN format('ALTER %s %s OWNER TO %I;', r.kind, r.object, r.name)
            ELSE format('GRANT %s ON %s %s TO %I;', r.privilege, r.kind, r.object, r.name)
        END
    FROM (
        SELECT p_prefix || '_' || x.role AS name, x.privilege, x.kind, x.object
        FROM role_rights() AS x
    ) AS r
    WHERE NOT CASE
        WHEN r.privilege = 'OWNERSHIP' THEN pg_get_userbyid(CASE
            WHEN r.kind = 'FUNCTION' THEN (SELECT p.proowner FROM pg_proc AS p WHERE p.oid = to_regprocedure(r.object))
            WHEN r.kind = 'TYPE' THEN (SELECT t.typowner FROM pg_type AS t WHERE t.oid = to_regtype(r.object))
            ELSE (SELECT c.relowner FROM pg_class AS c WHERE c.oid = to_regclass(r.object))
        END) = r.name
        WHEN r.kind = 'TABLE' THEN has_table_privilege(r.name, r.object, r.privilege)
        WHEN r.kind = 'SEQUENCE' THEN has_sequence_privilege(r.name, r.object, r.privilege)
        WHEN r.kind = 'FUNCTION' THEN has_function_privilege(r.name, r.object, r.privilege)
        WHEN r.kind = 'SCHEMA' THEN has_schema_privilege(r.name, to_regnamespace(r.object), r.privilege)
        ELSE has_database_privilege(r.name, current_database(), r.privilege)
    END
    ORDER BY 1, 3, 2, 4
$$;

COMMENT ON FUNCTION missing_rights(text) IS 'Returns the privileges of role_rights() that the roles with this prefix lack, each with the statement that grants it. Raises 42704 if there are no such roles.';
