CREATE UNLOGGED TABLE staged_prices (
    file integer NOT NULL DEFAULT current_setting('universes.staged_file')::integer,
    line bigint NOT NULL DEFAULT nextval('staging_line'),
    symbol text DEFAULT nullif(current_setting('universes.staged_symbol', true), ''),
    date text,
    open text,
    high text,
    low text,
    close text,
    volume text,
    period text,
    extra_1 text,
    extra_2 text,
    extra_3 text,
    extra_4 text,
    extra_5 text,
    extra_6 text,
    extra_7 text,
    extra_8 text
);

COMMENT ON TABLE staged_prices IS 'Rows of price files as COPY brings them in: text, with file and line. extra_n take columns of the file that nothing reads. Scratch: emptied within the transaction of one load.';
COMMENT ON COLUMN staged_prices.period IS 'What a row of a Stooq file is about: D, a day. NULL in other files.';
