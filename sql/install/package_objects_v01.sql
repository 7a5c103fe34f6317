CREATE VIEW package_objects AS
SELECT o.path, o.position, o.kind, o.identity, a.classid, a.objid
FROM installed_objects AS o
CROSS JOIN LATERAL (
    SELECT 'pg_proc'::regclass::oid AS classid, to_regprocedure(o.identity)::oid AS objid
    WHERE o.kind = 'FUNCTION'
    UNION ALL
    SELECT 'pg_trigger'::regclass, t.oid
    FROM pg_trigger AS t
    WHERE o.kind = 'TRIGGER' AND t.tgrelid = to_regclass(substring(o.identity FROM ' ON (.*)$'))
        AND t.tgname = substring(o.identity FROM '^(\w+) ON ')
    UNION ALL
    SELECT 'pg_class'::regclass, t.typrelid
    FROM pg_type AS t
    WHERE o.kind = 'TYPE' AND t.oid = to_regtype(o.identity)
    UNION ALL
    SELECT 'pg_class'::regclass, to_regclass(o.identity)::oid
    WHERE o.kind IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE')
) AS a
WHERE a.objid IS NOT NULL;

COMMENT ON VIEW package_objects IS 'Installed objects with their address in the catalog: of a composite type the one in pg_class.';
