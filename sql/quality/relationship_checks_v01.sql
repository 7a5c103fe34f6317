CREATE TABLE relationship_checks (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_]*$'),
    position integer NOT NULL,
    relation text NOT NULL,
    on_finding text NOT NULL DEFAULT 'FAIL' CHECK (on_finding IN ('FAIL', 'WARN')),
    enabled boolean NOT NULL DEFAULT true,
    title text NOT NULL,
    remedy text NOT NULL
);

COMMENT ON TABLE relationship_checks IS 'Checks of validate_relationships, one row each. To add one: CREATE VIEW check_x AS SELECT environment, subject, detail ... (one row per finding), then INSERT INTO relationship_checks. An upgrade never changes a row.';
COMMENT ON COLUMN relationship_checks.position IS 'Order of the checks; equal positions follow the name.';
COMMENT ON COLUMN relationship_checks.relation IS 'View in the schema of the package, one row per finding: environment text (NULL: it concerns every environment), subject text, detail text.';
COMMENT ON COLUMN relationship_checks.on_finding IS 'Severity of a finding. FAIL: the stored data contradicts itself or its rules. WARN: needs a review.';
COMMENT ON COLUMN relationship_checks.title IS 'Statement that is true if the check passes.';
COMMENT ON COLUMN relationship_checks.remedy IS 'Remedy for a finding.';
