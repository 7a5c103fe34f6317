CREATE VIEW desired_overrides AS
SELECT f.name AS file, s.line, s.symbol, n.sector
FROM staged_files AS f
JOIN staged_sectors AS s ON s.file = f.file
JOIN sector_names AS n ON n.stated = lower(s.sector)
WHERE f.status = 'pending'
    AND NOT EXISTS (SELECT FROM sector_overrides AS o WHERE o.symbol = s.symbol AND o.file IS NULL);

COMMENT ON VIEW desired_overrides IS 'Desired rows of sector_overrides for the files being loaded, without symbols whose sector was entered by hand.';
