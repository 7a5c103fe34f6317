CREATE UNLOGGED TABLE staged_files (
    file integer PRIMARY KEY,
    name text NOT NULL,
    md5 text,
    group_type text,
    group_name text,
    columns text[] NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'unchanged', 'rejected', 'held', 'loaded')),
    rows bigint NOT NULL DEFAULT 0,
    symbols bigint NOT NULL DEFAULT 0,
    weights bigint NOT NULL DEFAULT 0,
    weight_sum numeric,
    repaired bigint NOT NULL DEFAULT 0,
    problem jsonb,
    warnings jsonb NOT NULL DEFAULT '[]',
    UNIQUE (group_type, group_name)
);

COMMENT ON TABLE staged_files IS 'Files of the load that is running. Scratch: written and emptied within the transaction of one load.';
COMMENT ON COLUMN staged_files.md5 IS 'Of the bytes as they are. NULL where the file was not read.';
COMMENT ON COLUMN staged_files.columns IS 'Columns of the header, in canonical spelling.';
COMMENT ON COLUMN staged_files.symbols IS 'Distinct symbols; fewer than rows when one is repeated.';
COMMENT ON COLUMN staged_files.weights IS 'Rows with a weight.';
COMMENT ON COLUMN staged_files.weight_sum IS 'Percent.';
COMMENT ON COLUMN staged_files.repaired IS 'Rows whose symbol was put in upper case or freed of blanks.';
COMMENT ON COLUMN staged_files.problem IS 'Why the file was rejected: message, and where they apply line, column, value, remedy, more (number of further problems).';
