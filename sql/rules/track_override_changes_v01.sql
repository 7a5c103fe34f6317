CREATE OR REPLACE FUNCTION track_override_changes()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
/*
 * Statement trigger on sector_overrides: marks exactly the symbols whose sector may have changed.
 * SECURITY DEFINER: importers need no right on market_changes.
 */
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO market_changes (kind) VALUES ('all');
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO market_changes (kind, symbol) SELECT 'fund', symbol FROM old_rows UNION SELECT 'fund', symbol FROM new_rows;
    ELSE
        INSERT INTO market_changes (kind, symbol) SELECT 'fund', symbol FROM changed;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER universes_override_inserted AFTER INSERT ON sector_overrides
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION track_override_changes();
CREATE TRIGGER universes_override_updated AFTER UPDATE ON sector_overrides
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION track_override_changes();
CREATE TRIGGER universes_override_deleted AFTER DELETE ON sector_overrides
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION track_override_changes();
CREATE TRIGGER universes_overrides_truncated AFTER TRUNCATE ON sector_overrides
    FOR EACH STATEMENT EXECUTE FUNCTION track_override_changes();

REVOKE ALL ON FUNCTION track_override_changes() FROM PUBLIC;
COMMENT ON FUNCTION track_override_changes() IS 'Trigger of sector_overrides: marks the symbols whose sector the next refresh or enrichment re-evaluates.';
COMMENT ON TRIGGER universes_override_inserted ON sector_overrides IS 'Marks the symbols of new overrides.';
COMMENT ON TRIGGER universes_override_updated ON sector_overrides IS 'Marks the symbols of changed overrides.';
COMMENT ON TRIGGER universes_override_deleted ON sector_overrides IS 'Marks the symbols of deleted overrides.';
COMMENT ON TRIGGER universes_overrides_truncated ON sector_overrides IS 'Marks everything for recomputation.';
