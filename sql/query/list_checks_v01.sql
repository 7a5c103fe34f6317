CREATE OR REPLACE FUNCTION list_checks(
    p_environment text DEFAULT 'DEFAULT',
    p_samples integer DEFAULT 3
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
SET TimeZone = 'UTC'
AS $$
    SELECT jsonb_build_object(
        'environment', p_environment,
        'status', CASE WHEN bool_or(v.status = 'FAIL') THEN 'FAIL' WHEN bool_or(v.status = 'WARN') THEN 'WARN' ELSE 'PASS' END,
        'checks', coalesce(jsonb_agg(jsonb_build_object('check', v.check_name, 'status', v.status, 'findings', v.findings,
            'samples', v.samples, 'title', v.title, 'remedy', v.remedy, 'relation', v.relation) ORDER BY v.place), '[]'))
    FROM (SELECT x.*, row_number() OVER () AS place FROM validate_relationships(p_environment, p_samples) AS x) AS v
$$;

COMMENT ON FUNCTION list_checks(text, integer) IS 'Returns the result of validate_relationships as JSON; status is the worst of its checks. p_samples: number of findings per check.';
