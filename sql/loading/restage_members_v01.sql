CREATE OR REPLACE FUNCTION restage_members(
    p_rows jsonb
)
RETURNS bigint[]
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
-- There are no statistics of rows just staged.
SET enable_nestloop = off
AS $$
/*
 * Puts rows of withheld_rows into the staging table, one file per universe, and applies the rules of a load to them. Those that
 * remain and are not members yet are what desired_members states.
 */
DECLARE
    v_groups bigint[];
BEGIN
    DELETE FROM staged_files;
    DELETE FROM staged_members;
    DELETE FROM skipped_members;
    WITH staged AS (
        INSERT INTO staged_files (file, kind, name, group_type, group_name, format, columns)
        SELECT r.file, 'refresh', coalesce(g.metadata ->> 'file', g.name), g.type, g.name, g.metadata ->> 'format', '{symbol,weight}'
        FROM (SELECT DISTINCT x.file, x.group_id FROM jsonb_to_recordset(p_rows) AS x (file integer, group_id bigint)) AS r
        JOIN definition_groups AS g ON g.id = r.group_id
    ), rows AS (
        INSERT INTO staged_members (file, line, symbol, weight, name, sector, asset_class, exchange, country, currency, market_currency,
            cusip, isin, sedol, figi)
        SELECT r.file, r.line, s.symbol, s.weight, s.name, s.sector, s.asset_class, s.exchange, s.country, s.currency, s.market_currency,
            s.cusip, s.isin, s.sedol, s.figi
        FROM jsonb_to_recordset(p_rows) AS r (file integer, line bigint, stated jsonb)
        CROSS JOIN LATERAL jsonb_to_record(r.stated) AS s (symbol text, weight text, name text, sector text, asset_class text, exchange text,
            country text, currency text, market_currency text, cusip text, isin text, sedol text, figi text)
    )
    SELECT array_agg(DISTINCT r.group_id) INTO v_groups FROM jsonb_to_recordset(p_rows) AS r (group_id bigint);

    IF EXISTS (SELECT FROM staged_files WHERE format IS NOT NULL) THEN
        PERFORM clean_holdings();
    END IF;
    PERFORM count_members();
    PERFORM spell_members();
    -- A row that no file could state is left where it is: the load that skipped it has named it.
    DELETE FROM staged_members AS m USING uncanonical_members AS u WHERE m.file = u.file AND m.line = u.line;
    DELETE FROM staged_members AS m
    USING jsonb_to_recordset(p_rows) AS r (file integer, line bigint, group_id bigint)
    JOIN group_memberships AS n ON n.group_id = r.group_id
    WHERE m.file = r.file AND m.line = r.line AND n.symbol = m.symbol;
    RETURN v_groups;
END;
$$;

COMMENT ON FUNCTION restage_members(jsonb) IS 'Stages rows of withheld_rows as if their files were loaded, and returns the universes (definition_groups.id).';
