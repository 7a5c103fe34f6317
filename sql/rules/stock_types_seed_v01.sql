INSERT INTO stock_types (type, title)
VALUES
    ('CS', 'Common stock'),
    ('ADRC', 'American depositary receipt')
ON CONFLICT (type) DO NOTHING;
