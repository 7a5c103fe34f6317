CREATE OR REPLACE FUNCTION remember_rollback(
    p_run_id uuid,
    p_groups bigint[]
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
    /*
     * The file that was taken back is held when it comes again, unless forced. What it said about itself is forgotten, so
     * that an older file is not refused for its age. A universe that did not exist then counts as retired.
     */
    UPDATE definition_groups AS g
    SET updated_at = now(), metadata = g.metadata - '{md5,as_of,retired_at,rolled_back}'::text[]
        || jsonb_build_object('rolled_back', jsonb_build_object(
            'md5', g.metadata -> 'md5', 'file', g.metadata -> 'file', 'at', now(), 'run_id', p_run_id))
        || CASE WHEN EXISTS (SELECT FROM group_memberships AS m WHERE m.group_id = g.id) THEN '{}'
            ELSE jsonb_build_object('retired_at', now()) END
    WHERE g.id = ANY (p_groups) AND g.metadata ->> 'source' = 'file'
$$;

COMMENT ON FUNCTION remember_rollback(uuid, bigint[]) IS 'Notes in the metadata of loaded universes which file a rollback has taken back.';
