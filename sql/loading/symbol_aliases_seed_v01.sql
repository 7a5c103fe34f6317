-- Share classes that iShares and others write without a separator: the companies' Forms 10-K, item 5 (registered
-- securities), which name the symbols with a separator.
INSERT INTO symbol_aliases (alias, symbol)
VALUES
    ('AKOA', 'AKO.A'),
    ('AKOB', 'AKO.B'),
    ('BFA', 'BF.A'),
    ('BFB', 'BF.B'),
    ('BHA', 'BH.A'),
    ('BIOB', 'BIO.B'),
    ('BRKA', 'BRK.A'),
    ('BRKB', 'BRK.B'),
    ('CRDA', 'CRD.A'),
    ('CRDB', 'CRD.B'),
    ('CWENA', 'CWEN.A'),
    ('GEFB', 'GEF.B'),
    ('GTNA', 'GTN.A'),
    ('HEIA', 'HEI.A'),
    ('HVTA', 'HVT.A'),
    ('LENB', 'LEN.B'),
    ('MOGA', 'MOG.A'),
    ('MOGB', 'MOG.B'),
    ('TAPA', 'TAP.A'),
    ('UHALB', 'UHAL.B'),
    ('WSOB', 'WSO.B')
ON CONFLICT DO NOTHING;
