INSERT INTO name_fillers (word)
VALUES
    ('INC'), ('INCORPORATED'), ('CORP'), ('CORPORATION'), ('CO'), ('COMPANY'), ('COMPANIES'), ('LTD'), ('LIMITED'), ('PLC'),
    ('LLC'), ('LLP'), ('LP'), ('L'), ('P'), ('NV'), ('N'), ('V'), ('SA'), ('S'), ('A'), ('AG'), ('SE'), ('AB'), ('ASA'),
    ('OYJ'), ('SPA'), ('KGAA'), ('BV'), ('AS'), ('GROUP'), ('GRP'), ('HOLDING'), ('HOLDINGS'), ('HLDG'), ('HLDGS'),
    ('CLASS'), ('CL'), ('COM'), ('COMMON'), ('STOCK'), ('STK'), ('SHARES'), ('SHARE'), ('SHS'), ('ORDINARY'), ('ORD'),
    ('REG'), ('REGISTERED'), ('REGISTRY'), ('ADR'), ('ADS'), ('GDR'), ('NYRS'), ('AMERICAN'), ('DEPOSITARY'), ('DEPOSITORY'),
    ('RECEIPT'), ('RECEIPTS'), ('SPONSORED'), ('UNSPONSORED'), ('THE'), ('OF'), ('AND'), ('NEW'), ('TRUST'), ('REIT'),
    ('REITS'), ('FUND'), ('ETF'), ('INTERNATIONAL'), ('INTL'), ('GLOBAL'), ('UNIT'), ('UNITS'), ('SERIES'), ('SER'), ('B'),
    ('C'), ('D'), ('PAR'), ('VALUE'), ('NPV'), ('VOTING'), ('NON'), ('NONVOTING'), ('BENEFICIAL'), ('INTEREST'),
    ('INTERESTS'), ('REPRESENTING'), ('EACH'), ('ONE'), ('PARTNERSHIP'), ('PARTNERS'), ('DE')
ON CONFLICT DO NOTHING;
