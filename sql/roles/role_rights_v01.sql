CREATE OR REPLACE FUNCTION role_rights()
RETURNS TABLE (role text, privilege text, kind text, object text, adopted boolean)
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /*
     * Complete list of the privileges of each role. The owner owns what the package has created, and writes the adopted tables. The
     * operator reads everything and writes what loads, refreshes and jobs write with its rights; memberships, their history, events
     * and market_changes are written by SECURITY DEFINER functions. It may only read rules. The reader reads tables and views, and
     * calls functions that change nothing: those that are STABLE or IMMUTABLE.
     */
    WITH written (object, privileges) AS (
        VALUES
            ('symbols', '{INSERT,UPDATE}'::text[]),
            ('ohlcv_daily', '{INSERT,UPDATE}'),
            ('market_changes', '{INSERT,DELETE}'),
            ('uncapped_stocks', '{INSERT,UPDATE,DELETE}'),
            ('definition_groups', '{INSERT,UPDATE}'),
            ('sector_overrides', '{INSERT,UPDATE,DELETE}'),
            ('cache_entries', '{INSERT,UPDATE,DELETE}'),
            ('sync_runs', '{INSERT}'),
            ('sync_jobs', '{INSERT,UPDATE}'),
            ('load_runs', '{INSERT}'),
            ('loaded_files', '{INSERT,UPDATE}'),
            ('staged_files', '{INSERT,UPDATE,DELETE}'),
            ('staged_members', '{INSERT,UPDATE,DELETE,TRUNCATE}'),
            ('skipped_members', '{INSERT,DELETE}'),
            ('withheld_members', '{INSERT,UPDATE,DELETE}'),
            ('staged_symbols', '{INSERT,UPDATE,DELETE,TRUNCATE}'),
            ('staged_prices', '{INSERT,UPDATE,DELETE,TRUNCATE}'),
            ('staged_sectors', '{INSERT,UPDATE,DELETE,TRUNCATE}'),
            ('staged_wide', '{INSERT,DELETE,TRUNCATE}')
    ), withheld (function) AS (
        -- Functions for owners: installation, adoption, removal, rules, and roles.
        VALUES ('install_file'), ('register_file'), ('remove_file'), ('add_missing_columns'), ('adopt_table'), ('assert_writable'),
            ('insert_trial_row'), ('release_table'), ('replace_file'), ('execute_change'), ('changed_in_place'),
            ('drop_objects'), ('restore_rights'), ('restore_states'), ('seed_rows'), ('merge_seed_rows'),
            ('save_issuer_format'), ('create_roles'), ('drop_roles'), ('transfer_ownership'), ('grant_rights'), ('revoke_rights')
    ), item AS (
        SELECT o.kind, o.identity, NOT coalesce(t.created, true) AS adopted,
            CASE WHEN o.kind NOT IN ('FUNCTION', 'TYPE') THEN to_regclass(o.identity) END AS relation,
            CASE WHEN o.kind = 'FUNCTION' THEN to_regprocedure(o.identity) END AS function,
            CASE WHEN o.kind = 'TYPE' THEN to_regtype(o.identity) END AS type
        FROM (
            SELECT x.kind, x.identity FROM installed_objects AS x WHERE x.kind <> 'TRIGGER'
            UNION ALL
            SELECT 'TABLE', with_schemas('@' || 'engine@.universes_migrations')
        ) AS o
        LEFT JOIN installed_tables AS t ON o.identity = format('%I.%I', api_schema(), t.name) AND o.kind = 'TABLE'
    ), relation AS (
        SELECT i.identity, i.adopted, i.relation FROM item AS i WHERE i.relation IS NOT NULL AND i.kind IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW')
    ), sequence AS (
        SELECT i.identity, false AS adopted FROM item AS i WHERE i.relation IS NOT NULL AND i.kind = 'SEQUENCE'
        UNION ALL
        -- Sequences of serial columns of adopted tables; identity columns need no privilege.
        SELECT format('%I.%I', n.nspname, c.relname), true
        FROM relation AS r
        JOIN pg_depend AS d ON d.refobjid = r.relation AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
            AND d.deptype = 'a'
        JOIN pg_class AS c ON c.oid = d.objid AND c.relkind = 'S'
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE r.adopted
    ), function AS (
        SELECT i.identity, p.provolatile <> 'v' AS harmless
        FROM item AS i
        JOIN pg_proc AS p ON p.oid = i.function
        WHERE p.prorettype <> 'trigger'::regtype AND p.proname NOT IN (SELECT w.function FROM withheld AS w)
    )
    SELECT 'owner', 'OWNERSHIP', i.kind, i.identity, false
    FROM item AS i
    WHERE NOT i.adopted AND (i.relation IS NOT NULL OR i.function IS NOT NULL OR i.type IS NOT NULL)
    UNION ALL
    SELECT 'owner', unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]), 'TABLE', r.identity, true FROM relation AS r WHERE r.adopted
    UNION ALL
    SELECT x.role, x.privilege, 'SCHEMA', quote_ident(s.name), false
    FROM (VALUES ('owner', 'USAGE'), ('owner', 'CREATE'), ('operator', 'USAGE'), ('reader', 'USAGE')) AS x (role, privilege)
    CROSS JOIN unnest(ARRAY[api_schema(), engine_schema()]) AS s (name)
    UNION ALL
    -- REFRESH MATERIALIZED VIEW CONCURRENTLY creates a temporary table as the owner of the view.
    SELECT 'owner', 'TEMPORARY', 'DATABASE', quote_ident(current_database()), false
    UNION ALL
    SELECT x.role, 'CONNECT', 'DATABASE', quote_ident(current_database()), false FROM unnest('{operator,reader}'::text[]) AS x (role)
    UNION ALL
    SELECT x.role, 'SELECT', 'TABLE', r.identity, r.adopted FROM relation AS r CROSS JOIN unnest('{operator,reader}'::text[]) AS x (role)
    UNION ALL
    SELECT 'operator', unnest(w.privileges), 'TABLE', r.identity, r.adopted FROM relation AS r JOIN written AS w ON r.relation = to_regclass(w.object)
    UNION ALL
    SELECT x.role, unnest('{USAGE,UPDATE}'::text[]), 'SEQUENCE', s.identity, s.adopted
    FROM sequence AS s
    JOIN unnest('{owner,operator}'::text[]) AS x (role) ON s.adopted OR x.role = 'operator'
    UNION ALL
    SELECT x.role, 'EXECUTE', 'FUNCTION', f.identity, false
    FROM function AS f
    JOIN unnest('{operator,reader}'::text[]) AS x (role) ON f.harmless OR x.role = 'operator'
$$;

COMMENT ON FUNCTION role_rights() IS 'Returns all privileges of the roles owner, operator and reader: one row per role, privilege and object. adopted: the table has another owner. create_roles() grants these and no others.';
