CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON symbol_aliases
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON holding_skip_rules
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON listing_rules
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON countries
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();
CREATE TRIGGER universes_rule_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON name_fillers
    FOR EACH STATEMENT EXECUTE FUNCTION track_rule_changes();

COMMENT ON TRIGGER universes_rule_changed ON symbol_aliases IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON holding_skip_rules IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON listing_rules IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON countries IS 'Marks a changed rule.';
COMMENT ON TRIGGER universes_rule_changed ON name_fillers IS 'Marks a changed rule.';
