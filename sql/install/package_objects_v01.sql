CREATE VIEW package_objects AS
SELECT o.path, o.position, o.kind, o.identity, a.classid, a.objid
FROM installed_objects AS o
-- CASE: before PostgreSQL 16 the to_reg functions raise an error for the identity of another kind of object.
CROSS JOIN LATERAL (
    SELECT CASE o.kind WHEN 'FUNCTION' THEN to_regprocedure(o.identity) END AS function,
        CASE o.kind WHEN 'TYPE' THEN to_regtype(o.identity) END AS type,
        CASE o.kind WHEN 'TRIGGER' THEN to_regclass(substring(o.identity FROM ' ON (.*)$')) END AS trigger_table,
        CASE WHEN o.kind IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE') THEN to_regclass(o.identity) END AS relation
) AS x
CROSS JOIN LATERAL (
    SELECT 'pg_proc'::regclass::oid AS classid, x.function::oid AS objid
    UNION ALL
    SELECT 'pg_trigger'::regclass, t.oid
    FROM pg_trigger AS t
    WHERE t.tgrelid = x.trigger_table AND t.tgname = substring(o.identity FROM '^(\w+) ON ')
    UNION ALL
    SELECT 'pg_class'::regclass, t.typrelid
    FROM pg_type AS t
    WHERE t.oid = x.type
    UNION ALL
    SELECT 'pg_class'::regclass, x.relation::oid
) AS a
WHERE a.objid IS NOT NULL;

COMMENT ON VIEW package_objects IS 'Installed objects with their address in the catalog: of a composite type the one in pg_class.';
