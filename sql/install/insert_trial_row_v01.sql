CREATE OR REPLACE FUNCTION insert_trial_row(
    p_table regclass,
    p_row jsonb
)
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Inserts a row of trial_rows, and before it the rows that it refers to. */
DECLARE
    v_columns text;
BEGIN
    IF p_table IN (to_regclass('ohlcv_daily'), to_regclass('group_memberships')) THEN
        PERFORM insert_trial_row('symbols', (SELECT content FROM trial_rows WHERE relation = 'symbols'));
    END IF;
    IF p_table = to_regclass('group_memberships') THEN
        PERFORM insert_trial_row('definition_groups',
            (SELECT content FROM trial_rows WHERE relation = 'definition_groups' AND content ->> 'type' = 'ETF'));
        p_row := p_row || (
            SELECT jsonb_build_object('group_id', g.id)
            FROM definition_groups AS g
            JOIN trial_rows AS t ON t.relation = 'definition_groups' AND t.content ->> 'name' = g.name
            LIMIT 1
        );
    END IF;
    SELECT string_agg(quote_ident(k), ', ') INTO v_columns FROM jsonb_object_keys(p_row) AS k;
    EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM jsonb_populate_record(NULL::%s, $1)', p_table, v_columns, v_columns, p_table)
    USING p_row;
END;
$$;

COMMENT ON FUNCTION insert_trial_row(regclass, jsonb) IS 'Inserts one row of trial_rows into p_table; assert_writable rolls it back.';
