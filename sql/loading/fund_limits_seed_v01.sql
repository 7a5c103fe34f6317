-- Leveraged and inverse funds hold swaps beside, or instead of, shares; 130/30 funds hold more shares than they are worth and owe
-- the rest: the objectives in the prospectuses of ProShares and Direxion. A fund that is missing here is a row more.
INSERT INTO fund_limits (position, fund_pattern, min_weight_sum, max_weight_sum, description)
VALUES
    (10, '^(TQQQ|UPRO|UDOW|URTY|UMDD|QLD|SSO|DDM|UWM|MVV|ROM|UYG|URE|DIG|UCC|UGE|UXI|UYM|RXL|BIB|USD|UPW|LTL)$', 0, 110, 'ProShares Ultra and UltraPro: shares and swaps'),
    (20, '^(SPXL|TNA|SOXL|FAS|LABU|TECL|ERX|CURE|DPST|DRN|DUSL|MIDU|NAIL|PILL|RETL|TPOR|UTSL|WANT|WEBL|HIBL|GUSH|NUGT|JNUG|SPUU)$', 0, 110, 'Direxion Bull 2X and 3X: shares, funds and swaps'),
    (30, '^(CSM)$', 80, 140, 'ProShares Large Cap Core Plus: 130/30, the short side is left out'),
    (40, '^(HEWU|HEFA|HEZU|HEWG|HEWJ|HEWC|HSCZ|HEEM|HAWX|HEWL|HEWP|HEWI|HEWY|HEUV)$', 80, 110, 'iShares Currency Hedged: another fund, and currency forwards that may owe')
ON CONFLICT DO NOTHING;
