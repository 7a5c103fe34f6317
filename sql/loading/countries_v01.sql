CREATE TABLE countries (
    code text PRIMARY KEY CHECK (code ~ '^[A-Z]{2}$'),
    names text[] NOT NULL
);

COMMENT ON TABLE countries IS 'Countries as vendors and issuers spell them, so that "Korea (South)", KOR and South Korea are one.';
COMMENT ON COLUMN countries.code IS 'ISO 3166-1 alpha-2.';
COMMENT ON COLUMN countries.names IS 'Spellings in lower case, the alpha-3 code among them.';
