CREATE OR REPLACE FUNCTION @api@.validate_relationships(
    p_environment text DEFAULT 'DEFAULT',
    p_samples integer DEFAULT 3
)
RETURNS TABLE (check_name text, status text, findings bigint, samples jsonb, title text, remedy text, relation text)
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
SET work_mem = '32MB'
SET jit = off
AS $$
/*
 * Runs the enabled rows of relationship_checks in order and counts the rows of their views. STABLE, so all checks read one
 * snapshot: a refresh or load that commits meanwhile is seen by all of them or by none. A check that cannot run is a FAIL with
 * the reason and findings NULL, so that it neither passes unnoticed nor stops the others. The settings favour one hashed pass
 * over each table; compiling the plan would take longer.
 */
DECLARE
    v_check relationship_checks;
    v_problem text;
BEGIN
    PERFORM assert_known(NULL, p_environment);
    FOR v_check IN SELECT * FROM relationship_checks AS c WHERE c.enabled ORDER BY c.position, c.name LOOP
        check_name := v_check.name;
        title := v_check.title;
        relation := v_check.relation;
        v_problem := check_problem(v_check.relation);
        IF v_problem IS NULL THEN
            EXECUTE format($sql$
                SELECT count(*), coalesce(
                    jsonb_agg(jsonb_build_object('subject', f.subject, 'detail', f.detail) ORDER BY f.place) FILTER (WHERE f.place <= $2), '[]')
                FROM (
                    SELECT x.subject::text, x.detail::text, row_number() OVER (ORDER BY x.subject::text COLLATE "C", x.detail::text) AS place
                    FROM %I AS x
                    WHERE x.environment = $1 OR x.environment IS NULL
                ) AS f
            $sql$, v_check.relation)
            INTO findings, samples
            USING p_environment, p_samples;
            status := CASE WHEN findings = 0 THEN 'PASS' ELSE v_check.on_finding END;
            remedy := v_check.remedy;
        ELSE
            findings := NULL;
            samples := jsonb_build_array(jsonb_build_object('subject', v_check.relation, 'detail', v_problem));
            status := 'FAIL';
            remedy := format('Create the view, or take the check out: UPDATE %I.relationship_checks SET enabled = false WHERE name = %L.',
                engine_schema(), v_check.name);
        END IF;
        RETURN NEXT;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION @api@.validate_relationships(text, integer) IS 'Runs every enabled check of relationship_checks and returns one row each: status PASS, WARN or FAIL, the number of findings (NULL: the check itself cannot run), samples as [{subject, detail}], the remedy, and the view that lists all findings. Raises UV003 for an environment without universes while others have some.
p_environment: environment of the universes.
p_samples: largest number of findings per check in samples.';
