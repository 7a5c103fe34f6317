CREATE OR REPLACE FUNCTION track_rule_changes()
RETURNS trigger
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
/*
 * Statement trigger on the rule tables: the next full refresh recomputes everything.
 * SECURITY DEFINER: operators who change a rule need no right on market_changes.
 */
BEGIN
    INSERT INTO market_changes (kind) VALUES ('all');
    RETURN NULL;
END;
$$;

REVOKE ALL ON FUNCTION track_rule_changes() FROM PUBLIC;
COMMENT ON FUNCTION track_rule_changes() IS 'Trigger of the rule tables: one mark in market_changes, after which everything is recomputed.';
