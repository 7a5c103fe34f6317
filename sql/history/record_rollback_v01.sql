CREATE OR REPLACE FUNCTION record_rollback(
    p_run_id uuid,
    p_groups bigint[],
    p_moment timestamptz
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
    /*
     * A loaded universe gets the file of p_moment back, so that later files are compared with its date; if none is recorded,
     * checksum and date are removed. The reverted files, those of earlier rollbacks included, are held if they are loaded
     * again. Universes that did not exist at p_moment are marked as retired, the others are not; universes of the rules are
     * retired by ensure_groups only.
     */
    UPDATE definition_groups AS g
    SET updated_at = now(), metadata = coalesce(g.metadata, '{}') - '{retired_at,rolled_back,rows,foreign_percent}'::text[]
        - CASE WHEN f.file IS NULL THEN '{md5,as_of}'::text[] ELSE '{md5,as_of,format}' END || coalesce(f.file, '{}')
        || CASE WHEN b.md5 IS NULL THEN '{}' ELSE jsonb_build_object('rolled_back', coalesce(g.metadata -> 'rolled_back',
            jsonb_build_object('file', g.metadata -> 'file', 'at', now(), 'run_id', p_run_id)) || jsonb_build_object('md5', b.md5)) END
        || CASE
            WHEN EXISTS (SELECT FROM group_memberships AS m WHERE m.group_id = g.id) THEN '{}'
            WHEN g.metadata ->> 'source' IS DISTINCT FROM 'rules' THEN jsonb_build_object('retired_at', now())
            ELSE jsonb_strip_nulls(jsonb_build_object('retired_at', g.metadata -> 'retired_at'))
        END
    FROM definition_groups AS o
    CROSS JOIN LATERAL (SELECT CASE WHEN o.metadata ->> 'source' = 'file' THEN source_file_at(o.id, p_moment) END AS file) AS f
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(DISTINCT x.md5) AS md5
        FROM (
            SELECT o.metadata ->> 'md5'
            UNION ALL
            SELECT jsonb_array_elements_text(o.metadata #> '{rolled_back,md5}')
        ) AS x (md5)
        WHERE x.md5 IS NOT NULL AND x.md5 IS DISTINCT FROM f.file ->> 'md5'
    ) AS b
    WHERE o.id = g.id AND g.id = ANY (p_groups)
$$;

COMMENT ON FUNCTION record_rollback(uuid, bigint[], timestamptz) IS 'Updates definition_groups.metadata after a rollback to p_moment: the file that the members come from again, the checksums that are held if they are loaded again (rolled_back), and retired_at.';
