CREATE OR REPLACE FUNCTION drop_objects(
    p_path text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Drops what a file has created, the newest object first, without CASCADE. Of an adopted table only what was added. */
DECLARE
    v_object installed_objects;
BEGIN
    FOR v_object IN SELECT * FROM installed_objects AS o WHERE o.path = p_path ORDER BY o.position DESC LOOP
        IF v_object.kind = 'TABLE' AND EXISTS (
            SELECT FROM installed_tables AS t WHERE format('%I.%I', api_schema(), t.name) = v_object.identity
        ) THEN
            PERFORM release_table((SELECT f.definition FROM installed_files AS f WHERE f.path = p_path));
        ELSE
            EXECUTE format('DROP %s %s', v_object.kind, v_object.identity);
        END IF;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION drop_objects(text) IS 'Drops the objects of a file of sql/, without CASCADE.';
