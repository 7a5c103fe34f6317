CREATE OR REPLACE FUNCTION restore_rights(
    p_saved jsonb
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Gives recreated objects the owner and the privileges that rows of object_rights recorded, with one exception: PUBLIC gets
 * no right that the new file takes from it, and gets back what only the old file took (public_revoked).
 */
DECLARE
    v_item record;
BEGIN
    FOR v_item IN
        SELECT DISTINCT o.kind, o.identity, s.owner
        FROM jsonb_to_recordset(p_saved) AS s (path text, position integer, owner oid)
        JOIN object_rights AS o ON o.path = s.path AND o.position = s.position AND o.owner <> s.owner
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO %I', v_item.kind, v_item.identity, pg_get_userbyid(v_item.owner));
    END LOOP;

    FOR v_item IN
        WITH saved AS (
            SELECT s.*
            FROM jsonb_to_recordset(p_saved) AS s (path text, position integer, grantee oid, privilege_type text, is_grantable boolean,
                column_name text, public_revoked boolean)
        ), present AS (
            SELECT o.*, format('%s %s', CASE WHEN o.kind IN ('FUNCTION', 'TYPE') THEN o.kind ELSE 'TABLE' END, o.identity) AS name
            FROM object_rights AS o
        ), target AS (
            SELECT DISTINCT p.path, p.position, p.kind, p.objid, p.name
            FROM present AS p
            JOIN saved AS s ON s.path = p.path AND s.position = p.position
        ), wanted AS (
            SELECT t.name, s.grantee, s.privilege_type, s.column_name, s.is_grantable
            FROM target AS t
            JOIN saved AS s ON s.path = t.path AND s.position = t.position
            WHERE (s.column_name IS NULL OR EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = t.objid AND a.attname = s.column_name))
                AND (s.grantee <> 0 OR t.kind NOT IN ('FUNCTION', 'TYPE') OR EXISTS (
                    SELECT FROM present AS p WHERE p.name = t.name AND p.grantee = 0 AND p.privilege_type = s.privilege_type
                ))
            UNION
            SELECT t.name, 0::oid, 'EXECUTE', NULL, false
            FROM target AS t
            JOIN saved AS s ON s.path = t.path AND s.position = t.position
            WHERE s.public_revoked AND t.kind = 'FUNCTION'
        ), granted AS (
            SELECT p.name, p.grantee, p.privilege_type, p.column_name::text, p.is_grantable
            FROM present AS p
            JOIN target AS t ON t.name = p.name
            WHERE p.grantee IS NOT NULL
        ), change AS (
            SELECT 1 AS step, g.*, 'REVOKE %s%s ON %s FROM %s CASCADE' AS command FROM (SELECT * FROM granted EXCEPT SELECT * FROM wanted) AS g
            UNION ALL
            SELECT 2, w.*, 'GRANT %s%s ON %s TO %s' || CASE WHEN w.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
            FROM (SELECT * FROM wanted EXCEPT SELECT * FROM granted) AS w
        )
        SELECT format(c.command, c.privilege_type, ' (' || quote_ident(c.column_name) || ')', c.name,
            CASE c.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(c.grantee)) END) AS statement
        FROM change AS c
        WHERE c.grantee IS NOT NULL
        ORDER BY c.step
    LOOP
        EXECUTE v_item.statement;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION restore_rights(jsonb) IS 'Gives recreated objects the owner and privileges of p_saved, an array of rows of object_rights.';
