CREATE OR REPLACE FUNCTION restore_states(
    p_saved jsonb
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Applies what saved_states returned to the objects that still exist. A parameter that the new text sets keeps its new value. */
DECLARE
    v_statement text;
BEGIN
    FOR v_statement IN
        SELECT format('ALTER TABLE %s %s TRIGGER %I', t.tgrelid::regclass,
            CASE s.firing WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END, t.tgname)
        FROM jsonb_to_recordset(p_saved) AS s (kind text, identity text, firing text)
        JOIN package_objects AS o ON o.kind = s.kind AND o.identity = s.identity
        JOIN pg_trigger AS t ON t.oid = o.objid
        WHERE o.kind = 'TRIGGER'
        UNION ALL
        SELECT format('ALTER %s %s SET (%s)', o.kind, o.identity, string_agg(format('%I = %L', s.option, s.value), ', ' ORDER BY s.position))
        FROM jsonb_to_recordset(p_saved) AS s (kind text, identity text, option text, value text, position bigint)
        JOIN package_objects AS o ON o.kind = s.kind AND o.identity = s.identity
        JOIN pg_class AS c ON c.oid = o.objid
        WHERE s.option IS NOT NULL AND NOT EXISTS (SELECT FROM pg_options_to_table(c.reloptions) AS p WHERE p.option_name = s.option)
        GROUP BY o.kind, o.identity
    LOOP
        EXECUTE v_statement;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION restore_states(jsonb) IS 'Disables recreated triggers and sets the storage parameters of recreated views as p_saved, of saved_states, says.';
