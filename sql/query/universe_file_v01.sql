CREATE OR REPLACE FUNCTION universe_file(
    p_group_id bigint,
    p_at timestamptz DEFAULT NULL
)
RETURNS TABLE (file text, format text, as_of text, md5 text, loaded_at timestamptz, load_id uuid)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT f.file ->> 'file', f.file ->> 'format', f.file ->> 'as_of', f.file ->> 'md5', (f.file ->> 'loaded_at')::timestamptz,
        (f.file ->> 'load_id')::uuid
    FROM (
        SELECT CASE WHEN p_at IS NULL THEN (SELECT g.metadata FROM definition_groups AS g WHERE g.id = p_group_id)
            ELSE source_file_at(p_group_id, p_at) END AS file
    ) AS f
    WHERE f.file ? 'md5'
$$;

COMMENT ON FUNCTION universe_file(bigint, timestamptz) IS 'Returns the file that a loaded universe came from, now (p_at NULL) or at a past time: name, format (NULL: symbol,weight), date of the holdings (ISO 8601) if the file states it, checksum and load. No row: it was not loaded from a file, or the file is not recorded.';
