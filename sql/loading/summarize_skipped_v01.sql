CREATE OR REPLACE FUNCTION summarize_skipped()
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
    /* The reason "added to line 7" counts as "added up". */
    UPDATE staged_files AS f
    SET skipped = r.skipped, skipped_percent = r.percent, skipped_lines = r.lines,
        foreign_percent = coalesce((r.percent ->> 'foreign listing')::numeric, 0)
    FROM (
        SELECT x.file, jsonb_object_agg(x.kind, x.rows) AS skipped,
            jsonb_object_agg(x.kind, x.total) FILTER (WHERE x.total <> 0) AS percent,
            jsonb_agg(jsonb_strip_nulls(jsonb_build_object('line', x.line, 'symbol', left(x.symbol, 80), 'name', left(x.name, 80),
                'reason', x.reason, 'weight', x.percent)) ORDER BY x.line) AS lines
        FROM (
            SELECT s.*, k.kind, count(*) OVER w AS rows, sum(s.percent) OVER w AS total
            FROM skipped_members AS s
            CROSS JOIN LATERAL regexp_replace(s.reason, '^added to line .*', 'added up') AS k (kind)
            WINDOW w AS (PARTITION BY s.file, k.kind)
        ) AS x
        GROUP BY x.file
    ) AS r
    WHERE r.file = f.file
$$;

COMMENT ON FUNCTION summarize_skipped() IS 'Writes the rows of skipped_members to staged_files: their numbers and weights by reason, and each with line, symbol, name, reason and weight.';
