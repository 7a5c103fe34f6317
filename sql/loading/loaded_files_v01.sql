CREATE TABLE loaded_files (
    kind text NOT NULL,
    environment text NOT NULL,
    name text NOT NULL,
    md5 text NOT NULL,
    rows bigint NOT NULL,
    load_id uuid NOT NULL,
    loaded_at timestamptz NOT NULL,
    PRIMARY KEY (kind, environment, name)
);

COMMENT ON TABLE loaded_files IS 'Checksum of every file as last loaded: an incremental load skips a file whose MD5 is the same.';
