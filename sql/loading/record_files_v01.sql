CREATE OR REPLACE FUNCTION record_files(
    p_load load_runs
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Updates the metadata of each loaded group only if it changed. A new date of the holdings may rank the file's sectors
 * differently among the files of all funds: members with a sector are marked for the next refresh, and the file counts as
 * loaded even if its members are the same. A file without a date keeps the last one known, so that an older file is still held.
 */
BEGIN
    WITH stated AS MATERIALIZED (
        SELECT f.file, g.id, o.origin,
            (g.metadata ->> 'as_of', g.metadata ->> 'format') IS DISTINCT FROM (o.origin ->> 'as_of', f.format) AS redated
        FROM staged_files AS f
        JOIN definition_groups AS g ON g.name = f.group_name AND g.type = f.group_type AND g.environment = p_load.environment
        CROSS JOIN LATERAL (
            SELECT jsonb_strip_nulls(jsonb_build_object('source', 'file', 'file', f.name, 'md5', f.md5, 'format', f.format,
                'as_of', coalesce(f.as_of, holdings_date(g.metadata ->> 'as_of')), 'load_id', p_load.id, 'loaded_at', p_load.started_at,
                'rows', f.rows + (SELECT count(*) FROM skipped_members AS s WHERE s.file = f.file),
                'foreign_percent', nullif(f.foreign_percent, 0))) AS origin
        ) AS o
        WHERE f.status = 'pending'
    ), recorded AS (
        UPDATE definition_groups AS g
        SET updated_at = now(), metadata = coalesce(g.metadata, '{}')
            - '{retired_at,rolled_back,format,as_of,rows,foreign_percent}'::text[] || s.origin
        FROM stated AS s
        WHERE g.id = s.id AND (s.redated OR g.metadata ->> 'md5' IS DISTINCT FROM s.origin ->> 'md5'
            OR g.metadata ->> 'file' IS DISTINCT FROM s.origin ->> 'file' OR g.metadata ?| '{retired_at,rolled_back}')
    ), marked AS (
        INSERT INTO market_changes (kind, symbol)
        SELECT DISTINCT 'fund', m.symbol
        FROM stated AS s
        JOIN group_memberships AS m ON m.group_id = s.id
        WHERE s.redated AND m.metadata ? 'sector'
    )
    UPDATE staged_files AS f SET status = 'loaded' FROM stated AS s WHERE s.file = f.file AND s.redated;
END;
$$;

COMMENT ON FUNCTION record_files(load_runs) IS 'Records in definition_groups.metadata the file, format and date that the members of each loaded universe come from.';
