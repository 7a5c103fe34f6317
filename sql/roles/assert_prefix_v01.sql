CREATE OR REPLACE FUNCTION assert_prefix(
    p_prefix text
)
RETURNS void
LANGUAGE plpgsql
STABLE
SET search_path FROM CURRENT
AS $$
/*
 * Raises UV002 for a prefix that makes role names too long, since truncated names could be equal, and for existing roles whose
 * privileges cannot be limited, such as superusers.
 */
DECLARE
    v_privileged text;
BEGIN
    IF p_prefix IS NULL OR p_prefix !~ '^[a-z_][a-z0-9_]{0,49}$' OR p_prefix ~ '^pg_' THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('%L cannot be the prefix of role names', p_prefix),
            HINT = 'Give at most 50 lower-case letters, digits and underscores, beginning with a letter other than those of pg_.';
    END IF;
    SELECT string_agg(format(CASE WHEN r.rolsuper THEN '%s is a superuser' ELSE '%s is a member of %s_owner' END, r.rolname, p_prefix), ', ')
    INTO v_privileged
    FROM pg_roles AS r
    LEFT JOIN pg_roles AS o ON o.rolname = p_prefix || '_owner'
    WHERE (r.rolname IN (p_prefix || '_operator', p_prefix || '_reader') AND (r.rolsuper OR pg_has_role(r.oid, o.oid, 'MEMBER')))
        OR (r.oid = o.oid AND r.rolsuper);
    IF v_privileged IS NOT NULL THEN
        RAISE EXCEPTION USING
            ERRCODE = 'UV002',
            MESSAGE = format('the roles of prefix %s exist and would not be limited: %s', p_prefix, v_privileged),
            HINT = 'Take that from them (ALTER ROLE ... NOSUPERUSER, REVOKE ... FROM ...), or choose another prefix.';
    END IF;
END;
$$;

COMMENT ON FUNCTION assert_prefix(text) IS 'Raises UV002 for a prefix that cannot name roles, or names roles that are superusers or members of the owner.';
