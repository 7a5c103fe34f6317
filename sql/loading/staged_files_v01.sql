CREATE UNLOGGED TABLE staged_files (
    file integer PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    md5 text,
    group_type text,
    group_name text,
    columns text[] NOT NULL DEFAULT '{}',
    unread text[] NOT NULL DEFAULT '{}',
    format text,
    as_of date,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'unchanged', 'rejected', 'held', 'loaded')),
    rows bigint NOT NULL DEFAULT 0,
    symbols bigint NOT NULL DEFAULT 0,
    weights bigint NOT NULL DEFAULT 0,
    unknown bigint NOT NULL DEFAULT 0,
    inactive bigint NOT NULL DEFAULT 0,
    weight_sum numeric,
    repaired bigint NOT NULL DEFAULT 0,
    skipped jsonb NOT NULL DEFAULT '{}',
    skipped_percent jsonb,
    foreign_percent numeric NOT NULL DEFAULT 0,
    skipped_lines jsonb NOT NULL DEFAULT '[]',
    suspects jsonb NOT NULL DEFAULT '[]',
    held_by jsonb NOT NULL DEFAULT '[]',
    problem jsonb,
    warnings jsonb NOT NULL DEFAULT '[]',
    UNIQUE (group_type, group_name)
);

COMMENT ON TABLE staged_files IS 'Files of the load that is running. Scratch: written and emptied within the transaction of one load.';
COMMENT ON COLUMN staged_files.kind IS 'Kind of the load, see load_kinds.';
COMMENT ON COLUMN staged_files.md5 IS 'Of the bytes as they are. NULL where the file was not read.';
COMMENT ON COLUMN staged_files.columns IS 'Columns of the header, in canonical spelling.';
COMMENT ON COLUMN staged_files.unread IS 'Cells of the header that stand for no column, as the file spells them.';
COMMENT ON COLUMN staged_files.format IS 'Name of issuer_formats, NULL for a canonical file.';
COMMENT ON COLUMN staged_files.as_of IS 'Date of the holdings, NULL where the file does not say.';
COMMENT ON COLUMN staged_files.symbols IS 'Distinct symbols; fewer than rows when one is repeated.';
COMMENT ON COLUMN staged_files.weights IS 'Rows with a weight.';
COMMENT ON COLUMN staged_files.unknown IS 'Rows whose symbol is not in the table symbols.';
COMMENT ON COLUMN staged_files.inactive IS 'Rows whose symbol is inactive in the table symbols.';
COMMENT ON COLUMN staged_files.weight_sum IS 'Percent, of the rows that become members.';
COMMENT ON COLUMN staged_files.repaired IS 'Rows whose symbol was put in upper case, freed of blanks, or is written another way by the issuer.';
COMMENT ON COLUMN staged_files.skipped IS 'Number of rows left out of an issuer file, by reason.';
COMMENT ON COLUMN staged_files.skipped_percent IS 'Sum of their weights, percent of the fund, by reason; reasons without weight are missing.';
COMMENT ON COLUMN staged_files.foreign_percent IS 'Percent of the fund in foreign listings.';
COMMENT ON COLUMN staged_files.skipped_lines IS 'The same row by row: line, symbol, name, reason, weight.';
COMMENT ON COLUMN staged_files.suspects IS 'Rows that become members although the name in the file and that in symbols do not agree: line, symbol, name, listed_name, weight (percent).';
COMMENT ON COLUMN staged_files.held_by IS 'Sentences that say why the file is held.';
COMMENT ON COLUMN staged_files.problem IS 'Why the file was rejected: message, and where they apply line, column, value, remedy, more (number of further problems).';
