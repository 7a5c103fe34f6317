CREATE TABLE installed_objects (
    kind text NOT NULL,
    identity text NOT NULL,
    path text NOT NULL REFERENCES installed_files (path) ON DELETE CASCADE,
    position integer NOT NULL,
    PRIMARY KEY (kind, identity)
);

COMMENT ON TABLE installed_objects IS 'Objects that the migrations have installed, adopted tables included: in schemas shared with others it tells which objects are the package''s. Written by migrate up and down.';
COMMENT ON COLUMN installed_objects.kind IS 'TABLE, VIEW, MATERIALIZED VIEW, SEQUENCE, TYPE, FUNCTION or TRIGGER.';
COMMENT ON COLUMN installed_objects.identity IS 'Qualified name; of a function with its argument types, of a trigger with its table.';
COMMENT ON COLUMN installed_objects.path IS 'File that creates the object.';
COMMENT ON COLUMN installed_objects.position IS 'Order of creation within the file.';
