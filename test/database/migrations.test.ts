import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { withClient } from '../../src/database/connect.js'
import { migrateDown, migrateUp, migrationStatus } from '../../src/database/migrate.js'
import { engineSchema } from '../../src/database/schemas.js'
import { describeSchema } from '../support/describe-schema.js'
import { runCli, spawnCli, testDatabase, type TestDatabase } from '../support/index.js'

/** The value in src/database/migrate.ts: another program that takes it would block every migration. */
const MIGRATION_LOCK = '7055200114'

async function emptyDatabase(): Promise<TestDatabase> {
  return testDatabase(import.meta.url, { empty: true })
}

/** Everything the catalog knows about an installation, comments and the rows of the rules included. */
async function catalog(db: TestDatabase, schema = 'public'): Promise<string> {
  return withClient({ url: db.url, schema }, async (client) => {
    const { rows } = await client.query<{ object: string; description: string }>(
      `WITH place AS (SELECT oid FROM pg_namespace WHERE nspname IN ($1, $2))
       SELECT pg_describe_object(classoid, objoid, objsubid) AS object, description
       FROM pg_description AS d
       WHERE EXISTS (SELECT FROM pg_class AS c JOIN place AS n ON n.oid = c.relnamespace WHERE c.oid = d.objoid)
         OR EXISTS (SELECT FROM pg_proc AS p JOIN place AS n ON n.oid = p.pronamespace WHERE p.oid = d.objoid)
         OR EXISTS (SELECT FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN place AS n ON n.oid = c.relnamespace
           WHERE t.oid = d.objoid)
       ORDER BY 1`,
      [schema, engineSchema(schema)],
    )
    expect(rows.length === 0).toBe((await objectsOf(db, schema)).length === 0)
    const comments = rows.map((row) => `${row.object}: ${row.description}`)
    // Qualified where the engine has an object of the same name.
    const sorted = comments.map((comment) => comment.replace(` ${schema}.`, ' ')).sort()
    return [await describeSchema(client, schema), ...sorted].join('\n')
  })
}

/** Names of all relations, types, functions, triggers, operators, ... in the schemas of an installation. */
async function objectsOf(db: TestDatabase, schema = 'public'): Promise<string[]> {
  const rows = await db.query<{ object: string }>(
    `WITH place AS (SELECT oid FROM pg_namespace WHERE nspname IN ($1, $2))
     SELECT pg_describe_object(d.classid, d.objid, d.objsubid) AS object
     FROM pg_depend AS d
     JOIN place AS n ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid
     UNION
     SELECT format('trigger %s on %s', t.tgname, c.relname)
     FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN place AS n ON n.oid = c.relnamespace
     WHERE NOT t.tgisinternal
     ORDER BY 1`,
    [schema, engineSchema(schema)],
  )
  return rows.map((row) => row.object)
}

/** Schemas of the database that no server brings along. */
async function schemasOf(db: TestDatabase): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)' ORDER BY 1`,
  )
  return rows.map((row) => row.name)
}

describe('migrations', () => {
  it('install, and come back identical after any number of steps down', async () => {
    const db = await emptyDatabase()
    const names = await migrateUp({ url: db.url, schema: 'public' })
    const full = await catalog(db)
    expect(names).toEqual([...names].sort())
    for (let steps = 1; steps <= names.length; steps += 1) {
      const reverted = await migrateDown({ url: db.url, schema: 'public' }, steps)
      expect(reverted).toEqual(names.slice(-steps).reverse())
      const states = await migrationStatus({ url: db.url, schema: 'public' })
      expect(states.filter((state) => state.appliedAt !== null).map((state) => state.name)).toEqual(
        names.slice(0, -steps),
      )
      expect(await migrateUp({ url: db.url, schema: 'public' })).toEqual(names.slice(-steps))
      expect(await catalog(db)).toBe(full)
    }
  })

  it('leave less behind with every single step down, and nothing at the end', async () => {
    const db = await emptyDatabase()
    const names = await migrateUp({ url: db.url, schema: 'public' })
    let before = await objectsOf(db)
    for (let left = names.length; left > 0; left -= 1) {
      await migrateDown({ url: db.url, schema: 'public' })
      const after = await objectsOf(db)
      expect(before).toEqual(expect.arrayContaining(after))
      expect(after.length).toBeLessThan(before.length)
      before = after
    }
    expect(before).toEqual([])
    expect(await migrateUp({ url: db.url, schema: 'public' })).toEqual(names)
  })

  it('take back everything with "all" after the rules were edited and a refresh has run', async () => {
    const db = await emptyDatabase()
    await migrateUp({ url: db.url, schema: 'public' })
    await db.query("INSERT INTO ranking_sizes VALUES ('top_3', 'market', 3)")
    await db.query(
      "INSERT INTO symbols (symbol, type, market_cap, weighted_shares_outstanding) VALUES ('A', 'CS', 3e9, 1)",
    )
    const [run] = await db.query('SELECT status FROM refresh_universes()')
    expect(run).toEqual({ status: 'completed' })
    expect(await runCli(['migrate', 'down', 'all'], { env: { DATABASE_URL: db.url } })).toMatchObject({
      code: 0,
    })
    expect(await objectsOf(db)).toEqual([])
    expect(await schemasOf(db)).toEqual(['public'])
  })

  it('keep a schema of the engine that was there before, and what else it holds', async () => {
    const db = await emptyDatabase()
    await db.query('CREATE SCHEMA universes; CREATE TABLE universes.notes (note text)')
    const before = await objectsOf(db)
    await migrateUp({ url: db.url, schema: 'public' })
    await migrateDown({ url: db.url, schema: 'public' }, Number.POSITIVE_INFINITY)
    expect(await objectsOf(db)).toEqual(before)
  })

  it('keep a schema of the engine in which somebody has put something since', async () => {
    const db = await emptyDatabase()
    await migrateUp({ url: db.url, schema: 'public' })
    await db.query('CREATE TABLE universes.notes (note text)')
    await migrateDown({ url: db.url, schema: 'public' }, Number.POSITIVE_INFINITY)
    expect(await db.query('SELECT * FROM universes.notes')).toEqual([])
  })

  it('install the same into a schema of their own, with functions pinned to it', async () => {
    const db = await emptyDatabase()
    const env = { DATABASE_URL: db.url }
    expect(await runCli(['--schema', 'uni', 'migrate', 'up'], { env })).toMatchObject({ code: 0 })
    expect(await objectsOf(db, 'public')).toEqual([])
    expect(await schemasOf(db)).toEqual(['public', 'uni', 'uni_universes'])
    const paths = await db.query(
      `SELECT DISTINCT setting FROM pg_proc, unnest(proconfig) AS setting
       WHERE pronamespace IN ('uni'::regnamespace, 'uni_universes'::regnamespace) AND setting LIKE 'search_path=%'`,
    )
    expect(paths).toEqual([{ setting: 'search_path=uni_universes, uni, pg_temp' }])
    const twin = await testDatabase(import.meta.url)
    expect(await catalog(db, 'uni')).toBe(await catalog(twin))
    // Callers need no search_path.
    const [run] = await db.query("SELECT status, error FROM uni.refresh_universes('full')")
    expect(run).toEqual({ status: 'completed', error: null })
    expect(await runCli(['--schema', 'uni', 'migrate', 'down', 'all'], { env })).toMatchObject({ code: 0 })
    expect(await objectsOf(db, 'uni')).toEqual([])
  })

  it('live in two schemas of one database without touching each other', async () => {
    const db = await emptyDatabase()
    await migrateUp({ url: db.url, schema: 'public' })
    const before = await catalog(db)
    await migrateUp({ url: db.url, schema: 'Two words' })
    await migrateDown({ url: db.url, schema: 'Two words' }, Number.POSITIVE_INFINITY)
    expect(await objectsOf(db, 'Two words')).toEqual([])
    expect(await catalog(db)).toBe(before)
  })
})

describe('the migration lock', () => {
  it('lets two installations run at once: both succeed', async () => {
    const db = await emptyDatabase()
    const env = { DATABASE_URL: db.url }
    const results = await Promise.all([
      runCli(['migrate', 'up'], { env }),
      runCli(['migrate', 'up'], { env }),
    ])
    for (const result of results) expect(result).toMatchObject({ code: 0, stderr: '' })
    const output = results.map((result) => result.stdout).join('')
    expect(output.match(/installed 0001_install/g)).toHaveLength(1)
    expect(output.match(/nothing to do/g)).toHaveLength(1)
  })

  it('is waited for', async () => {
    const db = await emptyDatabase()
    const holder = await db.client()
    await holder.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK])
    const migration = spawnCli(['migrate', 'up'], { env: { DATABASE_URL: db.url } })
    const waiting = `SELECT FROM pg_locks
      WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
    while ((await db.query(waiting)).length === 0) {
      expect(migration.child.exitCode).toBeNull()
      await sleep(20)
    }
    await holder.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK])
    expect(await migration.finished).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('a failing step', () => {
  it('up changes nothing, not even the steps before it', async () => {
    const db = await emptyDatabase()
    await db.query('CREATE TABLE market_leaders (id integer)')
    const before = await objectsOf(db)
    const result = await runCli(['migrate', 'up'], { env: { DATABASE_URL: db.url } })
    expect(result.code).toBe(1)
    expect(result.stderr).toContain(
      'table public.market_leaders: ALTER TABLE public.market_leaders RENAME TO ...;',
    )
    expect(result.stderr).toContain('nothing was changed')
    const after = await objectsOf(db)
    expect(after).toEqual(before)
    const states = await migrationStatus({ url: db.url, schema: 'public' })
    expect(states.every((state) => state.appliedAt === null)).toBe(true)
  })

  it('down changes nothing, not even the steps after it', async () => {
    const db = await testDatabase(import.meta.url)
    await db.query('CREATE VIEW our_symbols AS SELECT symbol FROM market_changes')
    const before = await catalog(db)
    const result = await runCli(['migrate', 'down', 'all'], { env: { DATABASE_URL: db.url } })
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('our_symbols')
    expect(await catalog(db)).toBe(before)
    expect((await migrationStatus({ url: db.url, schema: 'public' })).every((state) => state.appliedAt)).toBe(
      true,
    )
  })
})

describe('universes migrate', () => {
  it('tells, takes back and installs', async () => {
    const db = await emptyDatabase()
    const cli = (...args: string[]) => runCli(['migrate', ...args], { env: { DATABASE_URL: db.url } })
    const nothing = await cli('down')
    expect(nothing).toMatchObject({ code: 0, stdout: 'nothing to do: no migration is installed\n' })
    expect(await objectsOf(db)).toEqual([])
    const pending = await cli('status')
    expect(pending.code).toBe(1)
    expect(pending.stdout).toMatch(/0001_install.*pending/)

    const up = await cli('up')
    const names = [...up.stdout.matchAll(/^installed (\S+)$/gm)].map((match) => match[1])
    expect(up.code).toBe(0)
    expect(names.length).toBeGreaterThan(5)
    const done = await cli('status')
    expect(done.code).toBe(0)
    expect(done.stdout).not.toContain('pending')

    const down = await cli('down', '2')
    expect(down.code).toBe(0)
    expect([...down.stdout.matchAll(/^reverted (\S+)$/gm)].map((match) => match[1])).toEqual(
      names.slice(-2).reverse(),
    )
    const json = await cli('status', '--json')
    expect(json.code).toBe(1)
    const states = JSON.parse(json.stdout) as { name: string; appliedAt: string | null }[]
    expect(states.map((state) => state.name)).toEqual(names)
    expect(states.filter((state) => state.appliedAt === null).map((state) => state.name)).toEqual(
      names.slice(-2),
    )
    expect((await cli('up')).code).toBe(0)
    expect(await cli('up')).toMatchObject({
      code: 0,
      stdout: 'nothing to do: every migration is installed\n',
    })
  })

  it.each(['zero', '0', '-1', '1.5', ''])('refuses "down %s" with exit code 2', async (count) => {
    const db = await testDatabase(import.meta.url)
    const result = await runCli(['migrate', 'down', count], { env: { DATABASE_URL: db.url } })
    expect(result.code).toBe(2)
    expect((await migrationStatus({ url: db.url, schema: 'public' })).every((state) => state.appliedAt)).toBe(
      true,
    )
    await db.drop()
  })

  it('says in one line that no server answers', async () => {
    const result = await runCli(['migrate', 'up'], {
      env: { DATABASE_URL: 'postgres://postgres@127.0.0.1:1/none' },
    })
    expect(result.code).toBe(1)
    expect(result.stderr).toContain('ECONNREFUSED')
    expect(result.stderr).not.toMatch(/\n\s+at /)
  })

  it('does not wait for another project that uses node-pg-migrate in the same database', async () => {
    const db = await emptyDatabase()
    const other = new pg.Client({ connectionString: db.url })
    await other.connect()
    // Its default lock.
    await other.query('SELECT pg_advisory_lock(7241865325823964)')
    expect(await migrateUp({ url: db.url, schema: 'public' })).not.toEqual([])
    await other.end()
  })
})
