CREATE TABLE installed_files (
    path text PRIMARY KEY,
    version integer NOT NULL,
    definition text NOT NULL
);

COMMENT ON TABLE installed_files IS 'Files of sql/ that the migrations have installed. Written by migrate up and down.';
COMMENT ON COLUMN installed_files.path IS 'Path below sql/ without _vNN.sql.';
COMMENT ON COLUMN installed_files.definition IS 'Text of the file, from which its objects are recreated when something they depend on changes. Schemas are placeholders, see with_schemas.';
