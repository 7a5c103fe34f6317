CREATE OR REPLACE FUNCTION revoke_rights(
    p_roles text[],
    p_from_public boolean
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Revokes all privileges on the package's objects and schema from p_roles, and with p_from_public from PUBLIC, except on adopted tables. */
DECLARE
    v_item record;
    v_roles text := (SELECT string_agg(quote_ident(r), ', ') FROM unnest(p_roles) AS r);
BEGIN
    FOR v_item IN
        SELECT x.kind, x.adopted, string_agg(x.object, ', ') AS objects
        FROM (
            SELECT DISTINCT CASE WHEN r.kind IN ('VIEW', 'MATERIALIZED VIEW') THEN 'TABLE' ELSE r.kind END AS kind, r.adopted, r.object
            FROM role_rights() AS r
            WHERE r.kind NOT IN ('SCHEMA', 'DATABASE', 'TYPE') AND (r.privilege = 'OWNERSHIP' OR r.adopted)
        ) AS x
        GROUP BY x.kind, x.adopted, CASE WHEN x.adopted THEN x.object END
        UNION ALL
        SELECT 'SCHEMA', true, format('%I, %I', api_schema(), engine_schema())
    LOOP
        BEGIN
            EXECUTE format('REVOKE ALL ON %s %s FROM %s%s', v_item.kind, v_item.objects, v_roles,
                CASE WHEN p_from_public AND NOT v_item.adopted THEN ', PUBLIC' ELSE '' END);
        EXCEPTION
            WHEN insufficient_privilege THEN
                NULL;
        END;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION revoke_rights(text[], boolean) IS 'Revokes all privileges on the package''s objects from p_roles, and with p_from_public from PUBLIC, except on adopted tables.';
