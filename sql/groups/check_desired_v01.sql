CREATE OR REPLACE FUNCTION check_desired(
    p_desired regclass
)
RETURNS void
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Called by apply_memberships with its owner's rights: a view runs its functions with the rights of whoever reads it, so one made
 * by somebody else could do anything in the owner's name. Raises UV002 for a relation that is not the owner's.
 */
DECLARE
    v_owner text := (SELECT pg_get_userbyid(c.relowner) FROM pg_class AS c WHERE c.oid = p_desired);
BEGIN
    IF v_owner IS DISTINCT FROM current_user THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('%s may not state members: it belongs to %s', p_desired, coalesce(v_owner, 'nobody')),
            DETAIL = format('apply_memberships belongs to %s and reads with its rights.', current_user),
            HINT = format('Let %s look at the relation, then: ALTER TABLE %s OWNER TO %I;', current_user, p_desired, current_user);
    END IF;
END;
$$;

COMMENT ON FUNCTION check_desired(regclass) IS 'Raises UV002 when a relation that states desired members does not belong to the owner of apply_memberships.';
