CREATE OR REPLACE FUNCTION execute_change(
    p_path text,
    p_change text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Executes a change after its dependants in the package were dropped. Raises UV005 if objects of others still prevent it. */
DECLARE
    v_detail text;
BEGIN
    EXECUTE with_schemas(p_change);
EXCEPTION
    WHEN dependent_objects_still_exist OR feature_not_supported THEN
        GET STACKED DIAGNOSTICS v_detail = PG_EXCEPTION_DETAIL;
        RAISE EXCEPTION USING
            ERRCODE = 'UV005',
            MESSAGE = format('objects that depend on %s stand in the way of its new version', p_path),
            DETAIL = concat_ws(E'\n', SQLERRM, nullif(v_detail, '')),
            HINT = 'Drop what the detail names, run the migration again, and create it again afterwards.';
END;
$$;

COMMENT ON FUNCTION execute_change(text, text) IS 'Executes a change of a file of sql/. Raises UV005 with the objects of others that prevent it.';
