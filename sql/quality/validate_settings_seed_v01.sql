INSERT INTO settings (name, value, unit, description)
VALUES
    ('validate_unknown_sector_percent', 1, 'percent', 'Warn when more than this share of the active stocks is in the sector unknown.')
ON CONFLICT DO NOTHING;
