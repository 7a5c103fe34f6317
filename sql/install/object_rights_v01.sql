CREATE VIEW object_rights AS
SELECT
    o.path, o.position, o.kind, o.identity, o.objid, x.owner,
    a.grantee, a.privilege_type, a.is_grantable, x.column_name
FROM package_objects AS o
CROSS JOIN LATERAL (
    SELECT p.proowner AS owner, coalesce(p.proacl, acldefault('f', p.proowner)) AS acl, NULL::name AS column_name
    FROM pg_proc AS p
    WHERE o.kind = 'FUNCTION' AND p.oid = o.objid
    UNION ALL
    SELECT t.typowner, coalesce(t.typacl, acldefault('T', t.typowner)), NULL
    FROM pg_type AS t
    WHERE o.kind = 'TYPE' AND t.typrelid = o.objid
    UNION ALL
    SELECT c.relowner, coalesce(c.relacl, acldefault('r', c.relowner)), NULL
    FROM pg_class AS c
    WHERE o.kind IN ('VIEW', 'MATERIALIZED VIEW') AND c.oid = o.objid
    UNION ALL
    SELECT c.relowner, a.attacl, a.attname
    FROM pg_class AS c
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped
    WHERE o.kind IN ('VIEW', 'MATERIALIZED VIEW') AND c.oid = o.objid
) AS x
LEFT JOIN LATERAL aclexplode(x.acl) AS a ON true;

COMMENT ON VIEW object_rights IS 'Owner and granted privileges of the functions, types and views of the package. grantee 0 is PUBLIC; grantee is NULL where all privileges were revoked, column_name is set for a privilege on one column.';
