CREATE OR REPLACE FUNCTION lock_events()
RETURNS void
LANGUAGE sql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Serializes writers of events until this transaction ends. Taken before seq is drawn, so that order of seq is order of commit:
 * a relay that has seen seq 812 knows that no smaller one can still appear.
 * Lock: transaction advisory lock, one per schema. Take it late: other writers wait for it until the commit.
 */
SELECT pg_advisory_xact_lock(lock_key('events'));
$$;

COMMENT ON FUNCTION lock_events() IS 'Blocks other writers of events until the end of the transaction, so that order of seq equals order of commit.';
