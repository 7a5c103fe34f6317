CREATE TABLE installed_tables (
    name text PRIMARY KEY,
    created boolean NOT NULL,
    added_columns text[] NOT NULL DEFAULT '{}'
);

COMMENT ON TABLE installed_tables IS 'Tables that may have existed before this package: whether the package created them and, if not, which columns it added. migrate down keeps what existed before.';
