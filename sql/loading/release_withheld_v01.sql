CREATE OR REPLACE FUNCTION release_withheld(
    p_rows jsonb
)
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
-- There are no statistics of rows just staged.
SET enable_nestloop = off
AS $$
    DELETE FROM withheld_members AS w
    USING jsonb_to_recordset(p_rows) AS r (id bigint, file integer, line bigint, group_id bigint)
    JOIN staged_members AS m ON m.file = r.file AND m.line = r.line
    JOIN group_memberships AS n ON n.group_id = r.group_id AND n.symbol = m.symbol
    WHERE w.id = r.id;
    UPDATE withheld_members AS w
    SET reason = s.reason
    FROM jsonb_to_recordset(p_rows) AS r (id bigint, file integer, line bigint)
    JOIN skipped_members AS s ON s.file = r.file AND s.line = r.line
    WHERE w.id = r.id AND w.reason <> s.reason;
$$;

COMMENT ON FUNCTION release_withheld(jsonb) IS 'Deletes the rows of withheld_members that have become members, among those of withheld_rows, and writes the reason of the others anew.';
