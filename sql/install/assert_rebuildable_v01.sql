CREATE OR REPLACE FUNCTION assert_rebuildable(
    p_path text
)
RETURNS void
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Raises UV005 with every object that keeps those of a file, and what depends on them, from being dropped and recreated: objects of
 * others, and tables, whose rows would be lost. A table that is changed itself is not dropped: what depends on it directly may stay.
 */
DECLARE
    v_obstacles text;
BEGIN
    SELECT string_agg(format('%s: %s', pg_describe_object(d.classid, d.objid, 0), CASE
        WHEN c.relkind IN ('r', 'p') THEN 'change the column, default or constraint that uses it first'
        ELSE format('DROP %s %s; and create it again afterwards', upper(i.type), replace(i.identity, ' on ', ' ON '))
    END), E'\n' ORDER BY i.identity)
    INTO v_obstacles
    FROM dependants_of(p_path) AS d
    CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) AS i
    LEFT JOIN pg_class AS c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
    WHERE (d.path IS NULL OR c.relkind IN ('r', 'p')) AND NOT (
        d.depth = 1 AND EXISTS (SELECT FROM package_objects AS o WHERE o.path = p_path AND o.kind = 'TABLE')
    );

    IF v_obstacles IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV005',
            MESSAGE = format('objects that depend on %s stand in the way of its new version', p_path),
            DETAIL = v_obstacles,
            HINT = 'Do what the detail says, then run the migration again.';
    END IF;
END;
$$;

COMMENT ON FUNCTION assert_rebuildable(text) IS 'Raises UV005 listing the objects that keep those of a file of sql/ from being dropped and recreated, each with a remedy.';
