CREATE UNLOGGED SEQUENCE staging_line CACHE 1000;

COMMENT ON SEQUENCE staging_line IS 'Numbers the rows of a file while COPY brings them in; stage_file sets it to the line before the first row.';
