CREATE OR REPLACE FUNCTION merge_sectors(
    p_load load_runs,
    p_complete boolean
)
RETURNS load_runs
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Makes the rows of each file in sector_overrides equal to the file and records the numbers of rows in p_load. With p_complete
 * the files are all there are: rows of missing files are reported, and deleted if p_load is forced. Rows entered by hand are
 * never changed.
 */
DECLARE
    v_rows record;
BEGIN
    WITH desired AS MATERIALIZED (
        SELECT d.*, o.symbol IS NULL AS is_new, o.sector IS DISTINCT FROM d.sector AS is_news, o.file AS old_file, o.line AS old_line
        FROM desired_overrides AS d
        LEFT JOIN sector_overrides AS o ON o.symbol = d.symbol
    ), gone AS MATERIALIZED (
        SELECT o.file, count(*) AS rows
        FROM sector_overrides AS o
        WHERE p_complete AND o.file IS NOT NULL AND NOT EXISTS (SELECT FROM staged_files AS f WHERE f.name = o.file)
        GROUP BY o.file
    ), deleted AS (
        DELETE FROM sector_overrides AS o
        WHERE NOT EXISTS (SELECT FROM desired AS d WHERE d.symbol = o.symbol)
            AND (EXISTS (SELECT FROM staged_files AS f WHERE f.name = o.file AND f.status = 'pending')
                OR (p_load.force AND EXISTS (SELECT FROM gone AS g WHERE g.file = o.file)))
        RETURNING o.file
    ), updated AS (
        UPDATE sector_overrides AS o
        SET sector = d.sector, file = d.file, line = d.line, reason = NULL,
            load_id = CASE WHEN d.is_news THEN p_load.id ELSE o.load_id END
        FROM desired AS d
        WHERE o.symbol = d.symbol AND (d.is_news OR d.old_file <> d.file OR d.old_line IS DISTINCT FROM d.line)
    ), inserted AS (
        INSERT INTO sector_overrides (symbol, sector, file, line, load_id)
        SELECT d.symbol, d.sector, d.file, d.line, p_load.id FROM desired AS d WHERE d.is_new
    ), unchanged AS (
        UPDATE staged_files AS f
        SET status = 'unchanged'
        WHERE f.status = 'pending' AND NOT EXISTS (SELECT FROM desired AS d WHERE d.file = f.name AND d.is_news)
            AND NOT EXISTS (SELECT FROM deleted AS x WHERE x.file = f.name)
    )
    SELECT (SELECT count(*) FROM desired WHERE is_new) AS inserted, (SELECT count(*) FROM deleted) AS deleted,
        (SELECT count(*) FROM desired WHERE is_news AND NOT is_new) AS updated,
        (
            SELECT jsonb_agg(jsonb_build_object('file', g.file, 'rows', g.rows, 'held', NOT p_load.force) ORDER BY g.file)
            FROM gone AS g
        ) AS gone
    INTO v_rows;

    p_load.changes := jsonb_strip_nulls(jsonb_build_object('inserted', v_rows.inserted, 'updated', v_rows.updated,
        'deleted', v_rows.deleted, 'gone', v_rows.gone));
    p_load.total_changes := v_rows.inserted + v_rows.updated + v_rows.deleted;
    RETURN p_load;
END;
$$;

COMMENT ON FUNCTION merge_sectors(load_runs, boolean) IS 'Writes the staged sectors to sector_overrides and returns the load with the numbers of rows inserted, updated and deleted.';
