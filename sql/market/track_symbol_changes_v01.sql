CREATE OR REPLACE FUNCTION track_symbol_changes()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
/*
 * Statement trigger on symbols: marks symbols whose row was added, deleted, or changed in a column that a rule reads. A full
 * refresh disables it for its own update of market_cap, which it handles itself.
 * SECURITY DEFINER: importers need no right on market_changes.
 */
BEGIN
    IF current_setting('universes.full_refresh', true) = 'on' THEN
        RETURN NULL;
    ELSIF TG_OP = 'TRUNCATE' THEN
        INSERT INTO market_changes (kind) VALUES ('all');
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO market_changes (kind, symbol)
        SELECT 'symbol', symbol
        FROM (SELECT true AS old, * FROM old_rows UNION ALL SELECT false, * FROM new_rows) AS versions
        GROUP BY symbol, type, primary_exchange, active, market_cap, weighted_shares_outstanding, list_date,
            sector, industry, sic_code, cusip, isin, figi
        HAVING count(*) <> 2;
    ELSE
        INSERT INTO market_changes (kind, symbol) SELECT 'symbol', symbol FROM changed;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER universes_symbol_inserted AFTER INSERT ON @api@.symbols
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION track_symbol_changes();
CREATE TRIGGER universes_symbol_updated AFTER UPDATE ON @api@.symbols
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION track_symbol_changes();
CREATE TRIGGER universes_symbol_deleted AFTER DELETE ON @api@.symbols
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION track_symbol_changes();
CREATE TRIGGER universes_symbols_truncated AFTER TRUNCATE ON @api@.symbols
    FOR EACH STATEMENT EXECUTE FUNCTION track_symbol_changes();

REVOKE ALL ON FUNCTION track_symbol_changes() FROM PUBLIC;
COMMENT ON FUNCTION track_symbol_changes() IS 'Trigger of symbols: records in market_changes the symbols that the rules must re-evaluate.';
COMMENT ON TRIGGER universes_symbol_inserted ON @api@.symbols IS 'Marks new symbols.';
COMMENT ON TRIGGER universes_symbol_updated ON @api@.symbols IS 'Marks symbols changed in a column that a rule reads.';
COMMENT ON TRIGGER universes_symbol_deleted ON @api@.symbols IS 'Marks deleted symbols.';
COMMENT ON TRIGGER universes_symbols_truncated ON @api@.symbols IS 'Marks everything for recomputation.';
