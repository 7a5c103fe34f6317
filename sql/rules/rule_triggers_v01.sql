CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON settings
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON market_cap_bands
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON stock_types
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ranking_sizes
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sectors
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sector_etfs
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sector_sources
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON vendor_sectors
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON industry_groups
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sic_sectors
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON etf_categories
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON etf_category_funds
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON theme_rules
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();

COMMENT ON TRIGGER universes_rule_changed ON settings IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON market_cap_bands IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON stock_types IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON ranking_sizes IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON sectors IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON sector_etfs IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON sector_sources IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON vendor_sectors IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON industry_groups IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON sic_sectors IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON etf_categories IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON etf_category_funds IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON theme_rules IS 'Marks a changed rule.';
