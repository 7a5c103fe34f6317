CREATE OR REPLACE FUNCTION saved_states(
    p_path text,
    p_dependants text[]
)
RETURNS jsonb
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* firing: tgenabled of a trigger that does not fire as usual; option and value: a storage parameter of a view. */
    SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]')
    FROM (
        SELECT o.kind, o.identity, t.tgenabled AS firing, NULL AS option, NULL AS value, NULL::bigint AS position
        FROM package_objects AS o
        JOIN pg_trigger AS t ON t.oid = o.objid
        WHERE o.kind = 'TRIGGER' AND t.tgenabled <> 'O' AND o.path = ANY (p_dependants || p_path)
        UNION ALL
        SELECT o.kind, o.identity, NULL, p.option_name, p.option_value, p.position
        FROM package_objects AS o
        JOIN pg_class AS c ON c.oid = o.objid
        CROSS JOIN LATERAL pg_options_to_table(c.reloptions) WITH ORDINALITY AS p (option_name, option_value, position)
        WHERE o.kind IN ('VIEW', 'MATERIALIZED VIEW') AND o.path = ANY (p_dependants || p_path)
    ) AS x
$$;

COMMENT ON FUNCTION saved_states(text, text[]) IS 'Disabled triggers and storage parameters of the views of a file of sql/ and its dependants, for restore_states.';
