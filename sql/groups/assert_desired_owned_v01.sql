CREATE OR REPLACE FUNCTION assert_desired_owned(
    p_desired regclass
)
RETURNS void
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * apply_memberships runs with its owner's rights, and a view runs its functions with the rights of its reader: a view of
 * another role could execute anything as the owner. Raises UV002 for a relation that belongs to another role.
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

COMMENT ON FUNCTION assert_desired_owned(regclass) IS 'Raises UV002 unless the relation p_desired belongs to the owner of apply_memberships.';
