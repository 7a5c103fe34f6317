CREATE VIEW desired_members AS
SELECT f.file, f.group_type, f.group_name, m.symbol, m.weight::numeric(9, 6) AS weight,
    CASE
        WHEN btrim(m.sector, ' -–—') <> '' THEN jsonb_build_object('line', m.line, 'sector', btrim(m.sector))
        ELSE jsonb_build_object('line', m.line)
    END - CASE WHEN m.line < 0 THEN 'line' ELSE '' END AS metadata
FROM staged_files AS f
JOIN staged_members AS m ON m.file = f.file
WHERE f.status = 'pending';

COMMENT ON VIEW desired_members IS 'Desired members of the universes of the files being loaded. weight: percent of the fund. metadata: line in the file, and the sector that an issuer file states.';
