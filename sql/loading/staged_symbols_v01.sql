CREATE UNLOGGED TABLE staged_symbols (
    file integer NOT NULL DEFAULT current_setting('universes.staged_file')::integer,
    line bigint NOT NULL DEFAULT nextval('staging_line'),
    symbol text,
    name text,
    type text,
    primary_exchange text,
    active text,
    market_cap text,
    weighted_shares_outstanding text,
    list_date text,
    sector text,
    industry text,
    sic_code text,
    sic_description text,
    country text,
    cusip text,
    isin text,
    figi text,
    cik text,
    test_issue text,
    extra_1 text,
    extra_2 text,
    extra_3 text,
    extra_4 text,
    extra_5 text,
    extra_6 text,
    extra_7 text,
    extra_8 text
);

COMMENT ON TABLE staged_symbols IS 'Rows of symbol files as COPY brings them in: text, with file and line. extra_n take columns of the file that nothing reads. Scratch: emptied within the transaction of one load.';
COMMENT ON COLUMN staged_symbols.test_issue IS 'Y for the test symbols in the directories of Nasdaq Trader. NULL in other files.';
