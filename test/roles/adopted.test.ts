import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/database/connect.js'
import { migrateDown, migrateUp } from '../../src/database/migrate.js'
import { createRoles, dropRoles } from '../../src/database/roles.js'
import { refresh } from '../../src/operations/refresh.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { asLogin, makeRoles, NOT_ALLOWED, ownPrefix, refusal, type Roles } from './support.js'

/** A market as its importer made it, long before this package. */
const OLD_TABLES = `
  CREATE TABLE symbols (symbol text PRIMARY KEY, name text, type text, active boolean DEFAULT true);
  CREATE TABLE ohlcv_daily (symbol text NOT NULL, date date NOT NULL, close numeric(12, 4), PRIMARY KEY (symbol, date));
  CREATE TABLE definition_groups (id serial PRIMARY KEY, name text NOT NULL, type text NOT NULL, description text, metadata jsonb,
    environment text DEFAULT 'DEFAULT', created_at timestamptz DEFAULT now(), updated_at timestamptz, UNIQUE (name, type, environment));
  CREATE TABLE group_memberships (id serial PRIMARY KEY, group_id integer REFERENCES definition_groups ON DELETE CASCADE, symbol text NOT NULL,
    weight numeric(5, 4), metadata jsonb, added_at timestamptz DEFAULT now(), UNIQUE (group_id, symbol));
  INSERT INTO symbols (symbol, type) SELECT 'S' || n, 'CS' FROM generate_series(1, 20) AS n;`

const ADOPTED = ['definition_groups', 'group_memberships', 'ohlcv_daily', 'symbols']

async function owners(db: TestDatabase): Promise<Record<string, string>> {
  const rows = await db.query<{ name: string; owner: string }>(
    `SELECT relname AS name, pg_get_userbyid(relowner) AS owner FROM pg_class
     WHERE relnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND relkind = 'r' ORDER BY 1`,
  )
  return Object.fromEntries(rows.map(({ name, owner }) => [name, owner]))
}

/** A database whose market tables belong to an importer. */
async function adoptingDatabase(importer: string): Promise<TestDatabase> {
  const db = await testDatabase(import.meta.url, { empty: true })
  await db.query(
    `CREATE ROLE ${importer} LOGIN PASSWORD 'open sesame'; GRANT USAGE, CREATE ON SCHEMA public TO ${importer}`,
  )
  await db.query(`SET ROLE ${importer}; ${OLD_TABLES} RESET ROLE`)
  return db
}

describe('tables that an importer owns', () => {
  const importer = `${ownPrefix()}_importer`
  let db: TestDatabase
  let roles: Roles

  beforeAll(async () => {
    db = await adoptingDatabase(importer)
    await migrateUp({ url: db.url, schema: 'public' })
    roles = await makeRoles(db)
  })

  afterAll(async () => {
    await roles.drop()
    await db.query(`DROP OWNED BY ${importer} CASCADE; DROP ROLE ${importer}`)
  })

  it('stay its own', async () => {
    const found = await owners(db)
    for (const name of ADOPTED) expect(found[name], name).toBe(importer)
    expect(found['membership_history']).toBe(`${roles.prefix}_owner`)
    expect(await db.query('SELECT * FROM missing_rights($1)', [roles.prefix])).toEqual([])
  })

  it('are imported into as ever, by a role that has no right on anything of the package', async () => {
    const client = new pg.Client({ connectionString: asLogin(db.url, importer) })
    await client.connect()
    await client.query(
      `INSERT INTO ohlcv_daily SELECT 'S' || n, CURRENT_DATE, n FROM generate_series(1, 20) AS n`,
    )
    await client.query(
      `UPDATE symbols SET weighted_shares_outstanding = 1e6; DELETE FROM ohlcv_daily WHERE symbol = 'S20'`,
    )
    expect(await refusal(client, 'SELECT FROM universes.market_changes')).toBe(NOT_ALLOWED)
    await client.end()
    const kinds = await db.query(
      `SELECT DISTINCT kind FROM market_changes WHERE symbol = 'S20' ORDER BY kind`,
    )
    expect(kinds).toEqual([{ kind: 'price' }, { kind: 'symbol' }])
  })

  it('are read and written by the operator', async () => {
    const operator = await connect({ url: roles.operator, schema: 'public' })
    const run = await refresh(operator)
    expect(run).toMatchObject({ status: 'completed', error: null })
    expect((await operator.query('SELECT FROM market_leaders')).rows.length).toBeGreaterThan(0)
    for (const sql of [
      'DROP TABLE symbols',
      'ALTER TABLE ohlcv_daily DISABLE TRIGGER ALL',
      'DELETE FROM symbols',
      'TRUNCATE group_memberships',
    ])
      expect(await refusal(operator, sql), sql).toBe(NOT_ALLOWED)
    await operator.end()
    const reader = await connect({ url: roles.reader, schema: 'public' })
    expect((await reader.query('SELECT FROM current_members')).rows.length).toBeGreaterThan(0)
    expect(await refusal(reader, `INSERT INTO ohlcv_daily VALUES ('S1', '2000-01-03', 1)`)).toBe(NOT_ALLOWED)
    await reader.end()
  })

  it('lose nothing but the grants when the roles go', async () => {
    const before = await owners(db)
    await db.query(`GRANT SELECT ON symbols TO PUBLIC`)
    await roles.drop()
    const after = await owners(db)
    for (const name of ADOPTED) expect(after[name]).toBe(before[name])
    expect(Object.values(after)).not.toContain(`${roles.prefix}_owner`)
    expect(
      await db.query(
        `SELECT FROM pg_class WHERE relname = 'symbols' AND relacl::text LIKE '%${roles.prefix}%'`,
      ),
    ).toEqual([])
    expect(
      await db.query(`SELECT FROM pg_class WHERE relname = 'symbols' AND relacl::text ~ '[{,]=r/'`),
    ).toHaveLength(1)
    roles = await makeRoles(db, roles.prefix)
  })
})

describe('an installer that is no superuser', () => {
  const prefix = ownPrefix()
  const importer = `${prefix}_importer`
  const installer = `${prefix}_installer`
  let db: TestDatabase
  let url: string

  beforeAll(async () => {
    db = await adoptingDatabase(importer)
    await db.query(
      `CREATE ROLE ${installer} LOGIN PASSWORD 'open sesame' CREATEROLE; ALTER DATABASE ${db.name} OWNER TO ${installer};
       GRANT ${importer} TO ${installer}`,
    )
    url = asLogin(db.url, installer)
    await migrateUp({ url, schema: 'public' })
    await db.query(`REVOKE ${importer} FROM ${installer}; GRANT SELECT ON symbols TO ${installer}`)
  })

  afterAll(async () => {
    await db.query(`DROP OWNED BY ${importer}, ${installer} CASCADE`)
    await db.query(`ALTER DATABASE ${db.name} OWNER TO CURRENT_USER; DROP ROLE ${importer}, ${installer}`)
    for (const name of ['owner', 'operator', 'reader'])
      await db.query(`DROP ROLE IF EXISTS ${prefix}_${name}`)
  })

  it('makes the roles with CREATEROLE, and is told what its owner has to grant', async () => {
    const { problems } = await createRoles({ url, schema: 'public', prefix })
    expect(problems.every(({ status }) => status === 'FAIL')).toBe(true)
    expect(problems.map(({ remedy }) => remedy)).toEqual(
      expect.arrayContaining([
        `GRANT SELECT ON TABLE public.symbols TO ${prefix}_reader;`,
        `GRANT INSERT ON TABLE public.ohlcv_daily TO ${prefix}_operator;`,
        `GRANT DELETE ON TABLE public.group_memberships TO ${prefix}_owner;`,
        `GRANT USAGE ON SEQUENCE public.group_memberships_id_seq TO ${prefix}_owner;`,
      ]),
    )
    expect(problems.map(({ problem }) => problem).join()).not.toMatch(
      / on (settings|sync_runs|refresh_universes)/,
    )
    await db.query(`SET ROLE ${importer}; ${problems.map(({ remedy }) => remedy).join('\n')} RESET ROLE`)
    expect((await createRoles({ url, schema: 'public', prefix })).problems).toEqual([])
  })

  it('may still migrate, and take the roles back', async () => {
    await migrateDown({ url, schema: 'public' })
    await migrateUp({ url, schema: 'public' })
    expect((await createRoles({ url, schema: 'public', prefix })).problems).toEqual([])
    const dropped = await dropRoles({ url, schema: 'public', prefix })
    expect(dropped.map(({ role }) => role)).toEqual(
      ['operator', 'owner', 'reader'].map((name) => `${prefix}_${name}`),
    )
    // Only the grantor, the importer, can revoke its grants.
    for (const { dropped: gone, reason } of dropped) {
      expect(gone).toBe(false)
      expect(reason).toContain('privileges for table')
    }
    expect(Object.values(await owners(db))).not.toContain(`${prefix}_owner`)
    await db.query(`DROP OWNED BY ${prefix}_owner, ${prefix}_operator, ${prefix}_reader`)
  })

  it('cannot make them without CREATEROLE, and is told what it takes', async () => {
    await db.query(`ALTER ROLE ${installer} NOCREATEROLE`)
    await expect(createRoles({ url, schema: 'public', prefix: ownPrefix() })).rejects.toMatchObject({
      code: NOT_ALLOWED,
      hint: expect.stringContaining('CREATEROLE') as string,
    })
  })
})
