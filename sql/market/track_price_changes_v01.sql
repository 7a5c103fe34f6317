CREATE OR REPLACE FUNCTION track_price_changes()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
/*
 * Statement trigger on ohlcv_daily: marks the symbols whose rows the statement touched, old prices included, so that
 * a correction of the latest close is never missed.
 * SECURITY DEFINER: importers need no right on market_changes.
 */
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO market_changes (kind) VALUES ('all');
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO market_changes (kind, symbol, date)
        SELECT 'price', c.symbol, min(c.date)
        FROM (SELECT symbol, date FROM old_rows UNION ALL SELECT symbol, date FROM changed) AS c
        GROUP BY c.symbol;
    ELSE
        INSERT INTO market_changes (kind, symbol, date)
        SELECT 'price', c.symbol, min(c.date) FROM changed AS c GROUP BY c.symbol;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER universes_price_inserted AFTER INSERT ON @api@.ohlcv_daily
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION track_price_changes();
CREATE TRIGGER universes_price_updated AFTER UPDATE ON @api@.ohlcv_daily
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION track_price_changes();
CREATE TRIGGER universes_price_deleted AFTER DELETE ON @api@.ohlcv_daily
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION track_price_changes();
CREATE TRIGGER universes_prices_truncated AFTER TRUNCATE ON @api@.ohlcv_daily
    FOR EACH STATEMENT EXECUTE FUNCTION track_price_changes();

REVOKE ALL ON FUNCTION track_price_changes() FROM PUBLIC;
COMMENT ON FUNCTION track_price_changes() IS 'Trigger of ohlcv_daily: marks symbols with new, corrected or deleted prices in market_changes.';
COMMENT ON TRIGGER universes_price_inserted ON @api@.ohlcv_daily IS 'Marks symbols with new prices.';
COMMENT ON TRIGGER universes_price_updated ON @api@.ohlcv_daily IS 'Marks symbols with corrected prices.';
COMMENT ON TRIGGER universes_price_deleted ON @api@.ohlcv_daily IS 'Marks symbols with deleted prices.';
COMMENT ON TRIGGER universes_prices_truncated ON @api@.ohlcv_daily IS 'Marks everything for recomputation.';
