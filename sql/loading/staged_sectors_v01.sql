CREATE UNLOGGED TABLE staged_sectors (
    file integer NOT NULL DEFAULT current_setting('universes.staged_file')::integer,
    line bigint NOT NULL DEFAULT nextval('staging_line'),
    symbol text,
    sector text,
    extra_1 text,
    extra_2 text,
    extra_3 text,
    extra_4 text,
    extra_5 text,
    extra_6 text,
    extra_7 text,
    extra_8 text
);

COMMENT ON TABLE staged_sectors IS 'Rows of sector files as COPY brings them in: text, with file and line. extra_n take columns of the file that nothing reads. Scratch: emptied within the transaction of one load.';
