CREATE OR REPLACE FUNCTION report_document(
    p_environment text DEFAULT 'DEFAULT',
    p_detail boolean DEFAULT false
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET TimeZone = 'UTC'
AS $$
    SELECT relationship_report(p_environment, p_detail)
$$;

COMMENT ON FUNCTION report_document(text, boolean) IS 'Returns relationship_report with timestamps in UTC, whatever the time zone of the session.';
