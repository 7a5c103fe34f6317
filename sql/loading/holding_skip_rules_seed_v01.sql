-- Written for the wordings of the formats of issuer_formats. What listing_rules say of a row comes before the form of its ticker:
-- MUV2 is a share in Frankfurt, not a future, and KNEBV one in Helsinki. Exchange codes after a ticker are Bloomberg's: US, UN
-- (NYSE), UW, UQ and UR (Nasdaq), UA (NYSE American), UP (NYSE Arca), UF (Cboe BZX). A fifth letter V is Nasdaq's for
-- shares that trade before they are issued. A future is a root, a month letter and a year: ESZ5. An option is a root, a day, C
-- or P, and a strike: MSTR  261016C00095000. 009150.KS is Samsung in the spelling of Reuters.
INSERT INTO holding_skip_rules (position, reason, column_name, pattern, unknown_only)
VALUES
    (10, 'collateral', 'asset_class', 'collateral|margin', false),
    (20, 'money market', 'asset_class', 'money market|^geldmarkt|^stif$', false),
    (30, 'cash', 'asset_class', '^cash|^contanti$|^ca$|currenc|short[- ]term reserves', false),
    (40, 'future', 'asset_class', 'future', false),
    (42, 'future', 'symbol', ' (comdty|index|curncy)$', false),
    (45, 'derivative', 'symbol', '^\d?[A-Z]+ +\d{6}[CP]\d{8}$|^\S+ trs( |$)', false),
    (50, 'derivative', 'asset_class', 'option|swap|forward|derivative|equity[- ]linked', false),
    (60, 'bond', 'asset_class', 'fixed income|^(bond|treasury|t-bill|bill|note)s?', false),
    (65, 'bond', 'name', '\mtreasury (bill|note|bond)s?( \d|$)', false),
    (70, 'warrant', 'asset_class', 'warrant', false),
    (80, 'right', 'asset_class', '^rights?( |$)', false),
    (90, 'cash', 'sector', '^cash|^liquidità e/o derivati', false),
    (100, 'escrow', 'name', 'escrow', false),
    (110, 'right', 'name', ' cvr$|contingent value| rights?( |$)', false),
    (120, 'warrant', 'name', ' warrants?( |$)', false),
    (130, 'warrant', 'symbol', '[ ./+-]W[ST]?$|\+$', true),
    (140, 'collateral', 'name', '^cash collateral', false),
    (150, 'cash', 'name', '^(us dollar|cash$|cash component|cash (and|&) )|usd cash$|^net other assets|other payables? (and|&) receivables?', false),
    (155, 'money market', 'asset_class', '^(y|mm)$', false),
    (160, 'money market', 'name', 'money market|money mkt|trsy oblig|treasury oblig', false),
    (170, 'unlisted', 'exchange', 'no market|unlisted|non-nms', false),
    (180, 'unlisted', 'name', ' prvt$|private placement', false),
    (185, 'foreign listing', 'listing', '^foreign$', false),
    (190, 'no ticker', 'symbol', '^[^A-Z0-9]*$|^(n/?a|nan|none|null)$', true),
    (200, 'foreign listing', 'symbol', '^\S+ (?!(US|UN|UW|UQ|UR|UA|UP|UF)( EQUITY)?$)[A-Z][A-Z0-9]( EQUITY)?$', false),
    (205, 'foreign listing', 'symbol', '\.(KS|KQ|HK|DE|PA|AS|BR|TO|AX|SW|MI|MC|ST|CO|HE|OL|SZ|SS|TW|NS|BO|SI|LS|VI|NZ|JO|SA|MX)$', true),
    (210, 'future', 'symbol', '^[A-Z0-9]{2,3}[FGHJKMNQUVXZ]\d{1,2}$', true),
    (220, 'no ticker', 'symbol', '\d', true),
    (230, 'when issued', 'symbol', '^[A-Z]{4}V$', true)
ON CONFLICT DO NOTHING;
