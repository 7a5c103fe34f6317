CREATE OR REPLACE FUNCTION classify_stocks(
    p_symbols text[],
    p_context refresh_context
)
RETURNS SETOF group_change
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/* Sectors, industry groups, ETF categories, all_stocks and all_etfs for p_symbols (NULL: all). */
BEGIN
    IF cardinality(p_symbols) = 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT * FROM apply_memberships('desired_classes',
        group_ids('{SECTOR,INDUSTRY,COMPLETE,ETF_CATEGORY}', p_context.environment),
        p_context.run_id, p_symbols, p_context.append, p_context.force);
END;
$$;

COMMENT ON FUNCTION classify_stocks(text[], refresh_context) IS 'Applies sectors, industry groups, ETF categories and the complete lists to p_symbols (NULL: all) and returns what changed.';
