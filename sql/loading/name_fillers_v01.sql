CREATE TABLE name_fillers (
    word text PRIMARY KEY CHECK (word ~ '^[A-Z0-9]+$')
);

COMMENT ON TABLE name_fillers IS 'Words of security names that say nothing about the company: legal forms, share classes, kinds of securities. names_agree leaves them out.';
