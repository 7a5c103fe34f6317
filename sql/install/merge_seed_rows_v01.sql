CREATE OR REPLACE FUNCTION merge_seed_rows(
    p_before text,
    p_after text
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Brings seeded rows from one version of their file to another. A row that still is what the old text inserted is updated or
 * deleted; one that an operator has changed, deleted or inserted stays so. Inserts the rows that only the new text has.
 */
DECLARE
    v_row record;
    v_columns text;
BEGIN
    FOR v_row IN
        SELECT coalesce(a.relation, b.relation) AS relation, b.content AS before, a.content AS after
        FROM seed_rows(p_before) AS b
        FULL JOIN seed_rows(p_after) AS a ON a.relation = b.relation AND a.key = b.key
        WHERE a.content IS DISTINCT FROM b.content
        -- References: their targets are inserted first and deleted last.
        ORDER BY a.place IS NULL, a.place, b.place DESC
    LOOP
        SELECT string_agg(quote_ident(k), ', ') INTO v_columns FROM jsonb_object_keys(v_row.after) AS k;
        IF v_row.before IS NULL THEN
            EXECUTE format('INSERT INTO %s (%s) SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1) ON CONFLICT DO NOTHING',
                v_row.relation::regclass, v_columns) USING v_row.after;
        ELSIF v_row.after IS NULL THEN
            EXECUTE format('DELETE FROM %s AS t WHERE to_jsonb(t) = $1', v_row.relation::regclass) USING v_row.before;
        ELSE
            EXECUTE format('UPDATE %s AS t SET (%s) = (SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, $1)) WHERE to_jsonb(t) = $2',
                v_row.relation::regclass, v_columns) USING v_row.after, v_row.before;
        END IF;
    END LOOP;
END;
$$;

COMMENT ON FUNCTION merge_seed_rows(text, text) IS 'Updates seeded rows from the text p_before to the text p_after; keeps what an operator has changed.';
