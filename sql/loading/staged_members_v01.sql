CREATE UNLOGGED TABLE staged_members (
    file integer NOT NULL DEFAULT current_setting('universes.staged_file')::integer,
    line bigint NOT NULL DEFAULT nextval('staging_line'),
    symbol text,
    weight text,
    name text,
    sector text,
    asset_class text,
    exchange text,
    country text,
    currency text,
    market_currency text,
    cusip text,
    isin text,
    sedol text,
    figi text,
    market_value text,
    extra_1 text,
    extra_2 text,
    extra_3 text,
    extra_4 text,
    extra_5 text,
    extra_6 text,
    extra_7 text,
    extra_8 text
);

COMMENT ON TABLE staged_members IS 'Rows of holdings files and universe lists as COPY brings them in: text, with file and line. All columns but symbol and weight are those of an issuer file, NULL for a canonical one. extra_n take columns of the file that nothing reads. Scratch: emptied within the transaction of one load.';
COMMENT ON COLUMN staged_members.market_currency IS 'Currency in which the line is quoted, where the file states it beside the currency of its amounts.';
COMMENT ON COLUMN staged_members.market_value IS 'Filled where weights are computed from it, see issuer_formats.weight_unit.';
COMMENT ON COLUMN staged_members.cusip IS 'Whatever the file has in that column: ARK writes a SEDOL for foreign lines.';
