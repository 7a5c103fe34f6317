CREATE OR REPLACE FUNCTION stage_files(
    p_kind text,
    p_mode text,
    p_files jsonb,
    p_environment text DEFAULT 'DEFAULT'
)
RETURNS SETOF integer
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * First call of a load. p_files is an array of {file, name, md5, group_type, group_name, columns, unread, format, as_of, problem};
 * file is a number chosen by the caller, unread the header cells that stand for no column, as_of the date as the file writes it.
 * Of several files about one universe one is loaded, and the others are rejected. Takes lock_universes (UV001). Returns
 * the files to copy into the staging table: not those already rejected, nor, in mode incremental, those with an unchanged
 * checksum whose universe still comes from that very file (it may have been loaded from another one, retired, or rolled back
 * since).
 */
DECLARE
    v_staged text;
    v_tomorrow date := (now() AT TIME ZONE 'UTC')::date + 1;
BEGIN
    IF NOT EXISTS (SELECT FROM load_kinds AS k WHERE k.kind = p_kind) OR p_mode NOT IN ('full', 'incremental') THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('unknown load %L with mode %L', p_kind, p_mode),
            HINT = format('Kinds: %s. Modes: full, incremental.', (SELECT string_agg(k.kind, ', ' ORDER BY k.position) FROM load_kinds AS k));
    END IF;
    PERFORM lock_universes('the load');
    PERFORM set_config('application_name', 'pg-universes load: ' || p_kind, true);
    -- Left behind by a session that committed without finish_load: the lock was free.
    DELETE FROM staged_files;
    DELETE FROM skipped_members;
    DELETE FROM staged_wide;
    FOR v_staged IN SELECT DISTINCT k.staging_table FROM load_kinds AS k LOOP
        EXECUTE format('DELETE FROM %I', v_staged);
    END LOOP;

    RETURN QUERY
    WITH staged AS (
        INSERT INTO staged_files (file, kind, name, md5, group_type, group_name, columns, unread, format, as_of, problem, status, rows)
        SELECT f.file, p_kind, f.name, f.md5, f.group_type, CASE WHEN f.is_first THEN f.group_name END, coalesce(f.columns, '{}'),
            coalesce(f.unread, '{}'), f.format, f.date, p.problem, s.status, CASE WHEN s.status = 'unchanged' THEN l.rows ELSE 0 END
        FROM (
            SELECT r.*, d.date, row_number() OVER one = 1 OR r.group_name IS NULL AS is_first,
                first_value(r.name) OVER one AS first_name, first_value(d.date) OVER one AS first_date
            FROM jsonb_to_recordset(p_files) AS r (
                file integer, name text, md5 text, group_type text, group_name text, columns text[], unread text[], format text, as_of text,
                problem jsonb
            )
            CROSS JOIN LATERAL holdings_date(r.as_of) AS d (date)
            -- Of several files about one universe the newest is loaded, of undated ones the first by name.
            WINDOW one AS (PARTITION BY r.group_type, r.group_name
                ORDER BY r.problem IS NOT NULL, d.date > v_tomorrow, d.date DESC NULLS LAST, r.file)
        ) AS f
        LEFT JOIN loaded_files AS l ON l.kind = p_kind AND l.environment = p_environment AND l.name = f.name
        LEFT JOIN definition_groups AS g
            ON g.name = f.group_name AND g.type = f.group_type AND g.environment = p_environment
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN f.problem IS NOT NULL THEN f.problem
                WHEN f.as_of <> '' AND f.date IS NULL THEN jsonb_build_object(
                    'message', 'the date of the holdings cannot be read', 'value', left(f.as_of, 80),
                    'remedy', 'Write it like 2025-11-18, Nov 18, 2025, 18-Nov-2025 or 11/18/2025.')
                WHEN f.date > v_tomorrow THEN jsonb_build_object(
                    'message', 'the date of the holdings is in the future', 'value', f.as_of,
                    'remedy', 'Correct the date, or download the file again.')
                WHEN NOT f.is_first THEN jsonb_build_object(
                    'message', format('%s is stated by %s already', f.group_name, f.first_name)
                        || CASE WHEN f.first_date > f.date THEN format(', which is newer: %s, this file %s',
                            to_char(f.first_date, 'YYYY-MM-DD'), to_char(f.date, 'YYYY-MM-DD')) ELSE '' END,
                    'remedy', 'Load one file per universe.')
                WHEN f.group_type = 'THEME' AND EXISTS (SELECT FROM theme_rules AS t WHERE t.name = f.group_name) THEN jsonb_build_object(
                    'message', format('theme_rules maintains the theme %s', f.group_name),
                    'remedy', 'Rename the file, put its symbols into include_symbols of the rule, or delete the rule.')
            END AS problem
        ) AS p
        CROSS JOIN LATERAL (
            SELECT CASE
                WHEN p.problem IS NOT NULL THEN 'rejected'
                WHEN p_mode = 'full' OR l.md5 IS DISTINCT FROM f.md5 THEN 'pending'
                WHEN f.group_name IS NULL OR (g.metadata ->> 'md5' = f.md5 AND g.metadata ->> 'file' = f.name
                    AND NOT g.metadata ?| '{retired_at,rolled_back}') THEN 'unchanged'
                ELSE 'pending'
            END AS status
        ) AS s
        RETURNING file, status
    )
    SELECT s.file FROM staged AS s WHERE s.status = 'pending' ORDER BY s.file;
END;
$$;

COMMENT ON FUNCTION stage_files(text, text, jsonb, text) IS 'Starts a load and returns the numbers of the files to copy into the staging table. p_kind: see load_kinds. p_mode: full, or incremental, which skips files whose checksum has not changed. p_files: array of {file, name, md5, group_type, group_name, columns, unread, format, as_of, problem}. Raises UV001 (another refresh or load is running) and UV002 (unknown kind or mode).';
