CREATE TABLE installed_objects (
    kind text NOT NULL,
    identity text NOT NULL,
    PRIMARY KEY (kind, identity)
);

COMMENT ON TABLE installed_objects IS 'What the migrations have installed, adopted tables included: in a schema shared with others it tells which objects are the package''s. Written by migrate up and down.';
COMMENT ON COLUMN installed_objects.kind IS 'TABLE, VIEW, MATERIALIZED VIEW, SEQUENCE, TYPE, FUNCTION or TRIGGER.';
COMMENT ON COLUMN installed_objects.identity IS 'Name within the schema; of a function with its argument types, of a trigger with its table.';
