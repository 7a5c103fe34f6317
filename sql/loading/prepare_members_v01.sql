CREATE OR REPLACE FUNCTION prepare_members()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
SET work_mem = '64MB'
AS $$
/*
 * Cleans issuer files, repairs what a rule repairs (blanks around values, lower-case symbols, footnote marks, a percent sign),
 * rejects files with errors, and counts rows and warnings of the others. Canonical rows with known symbols, nearly always all of
 * them, are scanned once. hold_files decides if a valid file may be loaded.
 */
BEGIN
    IF EXISTS (SELECT FROM staged_files WHERE status = 'pending' AND format IS NOT NULL) THEN
        PERFORM convert_weights();
        PERFORM clean_holdings();
    END IF;
    IF EXISTS (SELECT FROM uncanonical_members)
        OR EXISTS (SELECT FROM staged_files WHERE 'extra_1' = ANY (columns))
    THEN
        WITH repaired AS (
            UPDATE staged_members
            SET symbol = upper(btrim(symbol, ' *†‡')), weight = nullif(rtrim(btrim(weight), ' %'), '')
            WHERE symbol <> upper(btrim(symbol, ' *†‡')) OR weight <> rtrim(btrim(weight), ' %')
            RETURNING file
        )
        UPDATE staged_files AS f
        SET repaired = f.repaired + r.repaired
        FROM (SELECT file, count(*) AS repaired FROM repaired GROUP BY file) AS r
        WHERE f.file = r.file;
        PERFORM reject_files('damaged_members', 'staged_members');
        PERFORM reject_files('member_problems', 'staged_members');
    END IF;

    PERFORM count_members();
    IF EXISTS (SELECT FROM staged_files WHERE status = 'pending' AND unknown + inactive > 0) THEN
        PERFORM reject_files('damaged_members', 'staged_members');
        IF spell_members() THEN
            PERFORM count_members();
        END IF;
    END IF;
    UPDATE staged_files AS f SET warnings = f.warnings || w.warnings
    FROM member_warnings AS w
    WHERE w.file = f.file;

    PERFORM reject_files('member_file_problems', 'staged_members');
END;
$$;

COMMENT ON FUNCTION prepare_members() IS 'Repairs, checks and counts the rows of staged_members; sets files with errors to rejected.';
