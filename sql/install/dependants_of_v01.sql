CREATE OR REPLACE FUNCTION dependants_of(
    p_path text
)
RETURNS TABLE (depth integer, path text, classid oid, objid oid)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /*
     * Everything that depends on the objects of a file, directly or not, with the longest way to it; path is NULL for what the
     * package has not installed. Only what would be dropped is followed: objects of the package other than tables. Indexes that the
     * file of their relation creates are left out.
     */
    WITH RECURSIVE dependency AS MATERIALIZED (
        SELECT * FROM object_dependencies
    ), found (depth, classid, objid) AS (
        SELECT 0, o.classid, o.objid FROM package_objects AS o WHERE o.path = p_path
        UNION
        SELECT f.depth + 1, d.classid, d.objid
        FROM found AS f
        JOIN dependency AS d ON d.refclassid = f.classid AND d.refobjid = f.objid
        WHERE f.depth = 0 OR EXISTS (
            SELECT FROM package_objects AS o WHERE o.classid = f.classid AND o.objid = f.objid AND o.kind <> 'TABLE'
        )
    )
    SELECT max(f.depth), o.path, f.classid, f.objid
    FROM found AS f
    LEFT JOIN package_objects AS o ON o.classid = f.classid AND o.objid = f.objid
    WHERE f.depth > 0 AND o.path IS DISTINCT FROM p_path AND NOT EXISTS (
        SELECT
        FROM pg_index AS i
        JOIN pg_class AS x ON x.oid = i.indexrelid
        JOIN package_objects AS r ON r.classid = 'pg_class'::regclass AND r.objid = i.indrelid
        JOIN installed_files AS t ON t.path = r.path
        WHERE f.classid = 'pg_class'::regclass AND i.indexrelid = f.objid
            AND t.definition ~ ('\mINDEX (IF NOT EXISTS )?' || x.relname || '\M')
    )
    GROUP BY o.path, f.classid, f.objid
$$;

COMMENT ON FUNCTION dependants_of(text) IS 'Objects that depend on those of a file of sql/, directly or not, with the file that installs each, NULL for objects of others.';
