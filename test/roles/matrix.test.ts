import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrationNames } from '../../src/database/read-migrations.js'
import { neededRights } from '../../src/doctor/needed-rights.js'
import { readPackageSql } from '../../src/doctor/package-sql.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { makeRoles, type Roles } from './support.js'
import { RULE_TABLES } from './rule-tables.js'

let db: TestDatabase
let roles: Roles

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  roles = await makeRoles(db)
})

afterAll(() => roles.drop())

/** Every table an operator may write, and how; all others it reads only. */
const OPERATOR: Readonly<Record<string, string>> = {
  symbols: 'INSERT, UPDATE',
  ohlcv_daily: 'INSERT, UPDATE',
  market_changes: 'DELETE, INSERT',
  uncapped_stocks: 'DELETE, INSERT, UPDATE',
  definition_groups: 'INSERT, UPDATE',
  sector_overrides: 'DELETE, INSERT, UPDATE',
  cache_entries: 'DELETE, INSERT, UPDATE',
  sync_runs: 'INSERT',
  sync_jobs: 'INSERT, UPDATE',
  load_runs: 'INSERT',
  loaded_files: 'INSERT, UPDATE',
  staged_files: 'DELETE, INSERT, UPDATE',
  staged_members: 'DELETE, INSERT, TRUNCATE, UPDATE',
  skipped_members: 'DELETE, INSERT',
  withheld_members: 'DELETE, INSERT, UPDATE',
  staged_symbols: 'DELETE, INSERT, TRUNCATE, UPDATE',
  staged_wide: 'DELETE, INSERT, TRUNCATE',
  staged_prices: 'DELETE, INSERT, TRUNCATE, UPDATE',
  staged_sectors: 'DELETE, INSERT, TRUNCATE, UPDATE',
}

/** Tables that neither operator nor reader may write: rules, memberships, history and records of the installation. */
const NEVER = [
  ...RULE_TABLES,
  'load_kinds',
  'refresh_modes',
  'group_memberships',
  'membership_history',
  'universe_events',
  'installed_tables',
  'installed_files',
  'installed_objects',
  'universes_migrations',
]

/** Returns the privileges of a role on each relation, from the catalog. */
async function privileges(role: string): Promise<Record<string, string>> {
  const rows = await db.query<{ name: string; rights: string }>(
    `SELECT c.oid::regclass::text AS name, coalesce(string_agg(p.privilege, ', ' ORDER BY p.privilege) FILTER (WHERE
         has_table_privilege($1, c.oid, p.privilege)
         OR CASE WHEN p.privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') THEN has_any_column_privilege($1, c.oid, p.privilege) END), '') AS rights
     FROM pg_class AS c
     CROSS JOIN unnest(CASE WHEN current_setting('server_version_num')::integer >= 170000 THEN '{MAINTAIN}'::text[] ELSE '{}' END
       || '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS p (privilege)
     WHERE c.relnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm')
     GROUP BY c.oid ORDER BY 1`,
    [role],
  )
  return Object.fromEntries(rows.map(({ name, rights }) => [name, rights]))
}

/** Names of the functions that a role may call. */
async function callable(role: string): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `SELECT p.proname AS name FROM pg_proc AS p
     WHERE p.pronamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND has_function_privilege($1, p.oid, 'EXECUTE') ORDER BY p.proname COLLATE "C"`,
    [role],
  )
  return rows.map(({ name }) => name)
}

const functions = async (where: string): Promise<string[]> =>
  (
    await db.query<{ name: string }>(
      `SELECT p.proname AS name FROM pg_proc AS p
       WHERE p.pronamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND ${where} ORDER BY p.proname COLLATE "C"`,
    )
  ).map(({ name }) => name)

/** Functions that only owners may call, besides trigger functions. */
const WITHHELD = [
  'add_missing_columns',
  'adopt_table',
  'assert_writable',
  'create_roles',
  'save_issuer_format',
  'drop_roles',
  'grant_rights',
  'transfer_ownership',
  'insert_trial_row',
  'install_file',
  'register_file',
  'release_table',
  'remove_file',
  'replace_file',
  'changed_in_place',
  'execute_change',
  'drop_objects',
  'restore_rights',
  'restore_states',
  'seed_rows',
  'merge_seed_rows',
  'revoke_rights',
]

describe('of every object', () => {
  it('the owner is the owner', async () => {
    const others = await db.query(
      `SELECT relname AS name FROM pg_class
       WHERE relnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND relkind <> 'i' AND pg_get_userbyid(relowner) <> $1
       UNION ALL
       SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND pg_get_userbyid(proowner) <> $1
       UNION ALL
       SELECT typname FROM pg_type WHERE typnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND pg_get_userbyid(typowner) <> $1`,
      [`${roles.prefix}_owner`],
    )
    expect(others).toEqual([])
  })

  it('the operator may write exactly what is stated here, and read all', async () => {
    const found = await privileges(`${roles.prefix}_operator`)
    const expected = Object.keys(found).map((name) => {
      const rights = [...(OPERATOR[name]?.split(', ') ?? []), 'SELECT']
      return [name, rights.sort().join(', ')]
    })
    expect(Object.keys(found)).toEqual(expect.arrayContaining(Object.keys(OPERATOR)))
    expect(found).toEqual(Object.fromEntries(expected))
  })

  it('which leaves out every rule, membership, history and event', async () => {
    const found = await privileges(`${roles.prefix}_operator`)
    for (const name of NEVER) expect(found[name], name).toBe('SELECT')
    const tables = await db.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND relkind = 'r' ORDER BY relname`,
    )
    // A table added later has to be put on one side or the other.
    expect(tables.map(({ name }) => name)).toEqual([...Object.keys(OPERATOR), ...NEVER].sort())
  })

  it('the reader may read all and write nothing', async () => {
    const found = await privileges(`${roles.prefix}_reader`)
    expect(new Set(Object.values(found))).toEqual(new Set(['SELECT']))
  })

  it('everybody else has nothing', async () => {
    const login = `${roles.prefix}_stranger_login`
    expect(new Set(Object.values(await privileges(login)))).toEqual(new Set(['']))
    expect(await callable(login)).toEqual([])
    const granted = await db.query(
      `SELECT o.name, a.privilege_type
       FROM (
         SELECT relname AS name, relacl AS acl, relkind::text AS kind, relowner AS owner FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'universes'::regnamespace)
         UNION ALL
         SELECT proname, coalesce(proacl, acldefault('f', proowner)), 'f', proowner FROM pg_proc WHERE pronamespace IN ('public'::regnamespace, 'universes'::regnamespace)
       ) AS o
       CROSS JOIN LATERAL aclexplode(o.acl) AS a
       WHERE a.grantee = 0`,
    )
    expect(granted).toEqual([])
  })

  it('the reader may call what changes nothing, the operator all but what installs', async () => {
    expect(await callable(`${roles.prefix}_reader`)).toEqual(
      await functions(`p.provolatile <> 'v' AND p.prorettype <> 'trigger'::regtype`),
    )
    expect(await callable(`${roles.prefix}_operator`)).toEqual(
      await functions(`p.prorettype <> 'trigger'::regtype AND p.proname <> ALL ('{${WITHHELD.join()}}')`),
    )
  })

  it('no sequence may be touched but the line numbers of a load, by the operator', async () => {
    const rows = await db.query(
      `SELECT r.name AS role, c.relname AS name FROM pg_class AS c CROSS JOIN unnest($1::text[]) AS r (name)
       WHERE c.relnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND c.relkind = 'S'
         AND (has_sequence_privilege(r.name, c.oid, 'USAGE') OR has_sequence_privilege(r.name, c.oid, 'UPDATE')
           OR has_sequence_privilege(r.name, c.oid, 'SELECT'))`,
      [['operator', 'reader'].map((name) => `${roles.prefix}_${name}`)],
    )
    expect(rows).toEqual([{ role: `${roles.prefix}_operator`, name: 'staging_line' }])
  })
})

describe('the stated rights', () => {
  it('are those that the functions use, and what the loads of symbols and prices need besides', async () => {
    const needed = neededRights(await readPackageSql(migrationNames()))
    const stated = await db.query<{ object: string; privilege: string }>(
      `SELECT object, privilege FROM role_rights() WHERE role = 'operator' AND kind = 'TABLE' AND privilege <> 'SELECT'`,
    )
    const text = (table: string, privilege: string): string => `${privilege} ${table}`
    const expected = [...needed].flatMap(([table, rights]) => [...rights].map((right) => text(table, right)))
    const imports = ['INSERT symbols', 'INSERT ohlcv_daily', 'UPDATE ohlcv_daily']
    expect(
      stated.map(({ object, privilege }) => text(object.replace(/^\w+\./, ''), privilege)).sort(),
    ).toEqual([...expected, ...imports].sort())
  })

  it('are all there, and one taken away is missed', async () => {
    const missing = (): Promise<unknown[]> =>
      db.query('SELECT role, privilege, kind, object, remedy FROM missing_rights($1)', [roles.prefix])
    expect(await missing()).toEqual([])
    await db.query(
      `REVOKE INSERT ON sync_runs FROM ${roles.prefix}_operator; REVOKE SELECT ON symbols FROM ${roles.prefix}_reader`,
    )
    await db.query(
      'ALTER FUNCTION normalize_name(text) OWNER TO CURRENT_USER; REVOKE EXECUTE ON FUNCTION normalize_name(text) FROM PUBLIC',
    )
    const { prefix } = roles
    const found = (await missing()) as { remedy: string }[]
    expect(found.map(({ remedy }) => remedy)).toEqual([
      `GRANT INSERT ON TABLE universes.sync_runs TO ${prefix}_operator;`,
      `ALTER FUNCTION universes.normalize_name(text) OWNER TO ${prefix}_owner;`,
      `GRANT SELECT ON TABLE public.symbols TO ${prefix}_reader;`,
    ])
    for (const { remedy } of found) await db.query(remedy)
    expect(await missing()).toEqual([])
  })

  it('are brought back by a second call, which also takes away what is too much, and which otherwise changes nothing', async () => {
    const acls = (): Promise<unknown[]> =>
      db.query(
        `SELECT oid::regclass::text AS name, relowner AS owner, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(relacl) AS a) AS acl
         FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'universes'::regnamespace)
         UNION ALL
         SELECT oid::regprocedure::text, proowner, (SELECT array_agg(a::text ORDER BY a::text) FROM unnest(proacl) AS a)
         FROM pg_proc WHERE pronamespace IN ('public'::regnamespace, 'universes'::regnamespace) ORDER BY 1`,
      )
    const again = (): Promise<unknown[]> => db.query('SELECT * FROM create_roles($1)', [roles.prefix])
    const before = await acls()
    expect(await again()).toEqual([])
    expect(await acls()).toEqual(before)
    await db.query(
      `GRANT DELETE ON sync_runs, membership_history TO ${roles.prefix}_operator; GRANT SELECT ON symbols TO PUBLIC;
       GRANT EXECUTE ON FUNCTION refresh_universes TO PUBLIC; REVOKE INSERT ON load_runs FROM ${roles.prefix}_operator;
       ALTER TABLE settings OWNER TO CURRENT_USER`,
    )
    expect(await acls()).not.toEqual(before)
    expect(await again()).toEqual([])
    expect(await acls()).toEqual(before)
  })
})
