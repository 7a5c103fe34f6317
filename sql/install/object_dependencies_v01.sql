CREATE VIEW object_dependencies AS
WITH owner (classid, objid, owner_class, owner_id) AS (
    SELECT 'pg_rewrite'::regclass::oid, w.oid, 'pg_class'::regclass::oid, w.ev_class FROM pg_rewrite AS w
    UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid, 'pg_class'::regclass, d.adrelid FROM pg_attrdef AS d
    UNION ALL
    SELECT 'pg_constraint'::regclass, c.oid, 'pg_class'::regclass, c.conrelid FROM pg_constraint AS c WHERE c.conrelid <> 0
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 'pg_class'::regclass, t.typrelid FROM pg_type AS t WHERE t.typrelid <> 0
    UNION ALL
    SELECT 'pg_type'::regclass, t.typarray, 'pg_class'::regclass, t.typrelid FROM pg_type AS t WHERE t.typrelid <> 0 AND t.typarray <> 0
)
SELECT DISTINCT e.classid, e.objid, e.refclassid, e.refobjid
FROM pg_depend AS d
LEFT JOIN owner AS o ON o.classid = d.classid AND o.objid = d.objid
LEFT JOIN owner AS r ON r.classid = d.refclassid AND r.objid = d.refobjid
CROSS JOIN LATERAL (
    SELECT coalesce(o.owner_class, d.classid) AS classid, coalesce(o.owner_id, d.objid) AS objid,
        coalesce(r.owner_class, d.refclassid) AS refclassid, coalesce(r.owner_id, d.refobjid) AS refobjid
) AS e
WHERE d.deptype IN ('n', 'a') AND (e.classid, e.objid) <> (e.refclassid, e.refobjid);

COMMENT ON VIEW object_dependencies IS 'pg_depend between whole objects: a rule counts as its view, a default or constraint as its table, a row type as its relation.';
