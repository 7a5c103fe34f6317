CREATE TABLE load_kinds (
    kind text PRIMARY KEY,
    position smallint NOT NULL UNIQUE,
    staging_table text NOT NULL,
    prepare_function text NOT NULL,
    merge_function text NOT NULL,
    group_type text UNIQUE,
    is_market_data boolean NOT NULL
);

COMMENT ON TABLE load_kinds IS 'Kinds of loads, one row each: what stage_files and finish_load call for it. A new kind is a row, a staging table and two functions.';
COMMENT ON COLUMN load_kinds.position IS 'Order in which a load of everything takes the kinds.';
COMMENT ON COLUMN load_kinds.staging_table IS 'Table that COPY fills with the rows of its files.';
COMMENT ON COLUMN load_kinds.prepare_function IS 'Function without parameters that repairs, checks and counts the staged rows, and rejects wrong files.';
COMMENT ON COLUMN load_kinds.merge_function IS 'Function (load_runs, boolean) that writes the rows of the pending files and returns the load with changes and total_changes. The boolean: the files are all there are of their kind.';
COMMENT ON COLUMN load_kinds.group_type IS 'Type of the universes that the files state the members of; NULL for other data.';
COMMENT ON COLUMN load_kinds.is_market_data IS 'Symbols and prices: shared by all environments.';
