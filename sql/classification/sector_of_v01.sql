CREATE OR REPLACE FUNCTION @api@.sector_of(
    p_symbol text
)
RETURNS TABLE (sector text, source text, rule text, industry text)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT c.sector, c.source, c.rule, c.industry FROM stock_sectors AS c WHERE c.symbol = p_symbol
$$;

COMMENT ON FUNCTION @api@.sector_of(text) IS 'Returns the sector of a stock as the rules decide it now, with the deciding source. No row: not an active stock.
p_symbol: the symbol.';
