import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrateDown, migrateUp } from '../../src/database/migrate.js'
import { createRoles, dropRoles, type RoleRight } from '../../src/database/roles.js'
import { runCli, testDatabase, type CliResult, type TestDatabase } from '../support/index.js'
import { asLogin, ownPrefix } from './support.js'

let db: TestDatabase
let prefix: string
const others: string[] = []

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
  prefix = ownPrefix()
})

afterEach(async () => {
  for (const schema of ['public', ...others.splice(0)])
    await dropRoles({ url: db.url, schema, prefix }).catch(() => undefined)
  const left = await db.query<{ name: string }>(
    `SELECT rolname AS name FROM pg_roles WHERE rolname LIKE '${prefix}%'`,
  )
  for (const { name } of left) await db.query(`DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}`)
})

const roles = (...args: string[]): Promise<CliResult> =>
  runCli(['migrate', 'roles', '--prefix', prefix, ...args], { env: { DATABASE_URL: db.url } })

const existing = async (): Promise<string[]> =>
  (
    await db.query<{ name: string }>(
      `SELECT rolname AS name FROM pg_roles WHERE rolname LIKE '${prefix}%' ORDER BY 1`,
    )
  ).map(({ name }) => name)

const all = (): string[] => ['operator', 'owner', 'reader'].map((name) => `${prefix}_${name}`)

/** Returns owners and grants of everything in the schema; default privileges and equal explicit ones are the same. */
const state = (): Promise<unknown[]> =>
  db.query(
    `SELECT relname AS name, relnamespace::regnamespace::text AS schema, pg_get_userbyid(relowner) AS owner,
       ARRAY(SELECT x::text FROM aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r' END, relowner))) AS x ORDER BY 1) AS acl
     FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'universes'::regnamespace)
     UNION ALL
     SELECT oid::regprocedure::text, pronamespace::regnamespace::text, pg_get_userbyid(proowner),
       ARRAY(SELECT x::text FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) AS x ORDER BY 1)
     FROM pg_proc WHERE pronamespace IN ('public'::regnamespace, 'universes'::regnamespace) ORDER BY 1, 2`,
  )

describe('universes migrate roles', () => {
  it('prints who may do what, and makes roles that cannot log in', async () => {
    const { code, stdout, stderr } = await roles()
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(new RegExp(`^${prefix}_owner +own +\\d\\d tables`, 'm'))
    expect(stdout).toMatch(
      new RegExp(`^${prefix}_operator +SELECT, INSERT +2 tables +universes.load_runs, `, 'm'),
    )
    expect(stdout).toMatch(new RegExp(`^${prefix}_reader +EXECUTE +\\d+ functions$`, 'm'))
    expect(await existing()).toEqual(all())
    expect(
      await db.query(`SELECT FROM pg_roles WHERE rolname LIKE '${prefix}%' AND (rolcanlogin OR rolsuper)`),
    ).toEqual([])
    expect((await roles('--verbose')).stdout).toContain('refresh_universes(text, boolean')
    const { rights, problems } = JSON.parse((await roles('--json')).stdout) as {
      rights: RoleRight[]
      problems: []
    }
    expect(rights.length).toBeGreaterThan(500)
    expect(problems).toEqual([])
  })

  it('keeps nothing with --dry-run', async () => {
    const before = await state()
    const dry = await roles('--dry-run')
    expect(dry).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('dry run, nothing was kept') as string,
    })
    expect(await existing()).toEqual([])
    await roles()
    const kept = await state()
    expect((await roles('--remove', '--dry-run')).stdout).toContain(`dropped ${prefix}_owner`)
    expect(await state()).toEqual(kept)
    expect(kept).not.toEqual(before)
  })

  it('takes everything back with --remove', async () => {
    const before = await state()
    await roles()
    await db.query(`CREATE ROLE ${prefix}_app; GRANT ${prefix}_operator TO ${prefix}_app`)
    const { code, stdout } = await roles('--remove')
    expect(code).toBe(0)
    expect(stdout).toBe(
      `dropped ${prefix}_operator (members: ${prefix}_app)\ndropped ${prefix}_owner\ndropped ${prefix}_reader\n`,
    )
    expect(await existing()).toEqual([`${prefix}_app`])
    expect(await state()).toEqual(before)
    expect(await roles('--remove')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there are no roles') as string,
    })
  })

  it.each(['Universes', 'pg_mine', 'a b', 'x"; DROP ROLE y; --', '', 'a'.repeat(51)])(
    'refuses the prefix %j',
    async (name) => {
      const args = ['migrate', 'roles', '--prefix', name]
      const { code, stderr } = await runCli(args, { env: { DATABASE_URL: db.url } })
      expect(code, stderr).toBe(2)
      expect(stderr).toContain('cannot be the prefix of role names')
    },
  )

  it('refuses roles that could do everything anyway', async () => {
    await db.query(`CREATE ROLE ${prefix}_reader SUPERUSER`)
    expect(await roles()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${prefix}_reader is a superuser`) as string,
    })
    await db.query(
      `ALTER ROLE ${prefix}_reader NOSUPERUSER; CREATE ROLE ${prefix}_owner; GRANT ${prefix}_owner TO ${prefix}_reader`,
    )
    expect((await roles()).stderr).toContain(`${prefix}_reader is a member of ${prefix}_owner`)
  })

  it('says which installation is missing', async () => {
    const empty = await testDatabase(import.meta.url, { empty: true })
    const { code, stderr } = await runCli(['migrate', 'roles'], { env: { DATABASE_URL: empty.url } })
    expect(code).toBe(1)
    expect(stderr).toContain('universes migrate up')
  })
})

describe('roles', () => {
  it('serve two schemas, and stay while one of them needs them', async () => {
    others.push('second')
    await migrateUp({ url: db.url, schema: 'second' })
    for (const schema of ['public', 'second'])
      expect((await createRoles({ url: db.url, schema, prefix })).problems).toEqual([])
    const first = await dropRoles({ url: db.url, schema: 'public', prefix })
    expect(first.map(({ dropped }) => dropped)).toEqual([false, false, false])
    expect(first[0]!.reason).toContain('second.')
    expect(
      await db.query(
        `SELECT FROM pg_class WHERE relnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND relacl::text LIKE '%${prefix}%'`,
      ),
    ).toEqual([])
    expect(await db.query('SELECT * FROM second_universes.missing_rights($1)', [prefix])).toEqual([])
    const last = await dropRoles({ url: db.url, schema: 'second', prefix })
    expect(last.map(({ dropped }) => dropped)).toEqual([true, true, true])
  })

  it('serve two databases', async () => {
    const other = await testDatabase(import.meta.url)
    for (const { url } of [db, other]) await createRoles({ url, schema: 'public', prefix })
    const [dropped] = await dropRoles({ url: db.url, schema: 'public', prefix })
    expect(dropped).toMatchObject({ dropped: false, reason: expect.stringContaining(other.name) as string })
    expect(await other.query('SELECT * FROM missing_rights($1)', [prefix])).toEqual([])
    await dropRoles({ url: other.url, schema: 'public', prefix })
    expect(await existing()).toEqual([])
  })

  it('leave foreign objects of a shared schema alone', async () => {
    await db.query(
      `CREATE TABLE theirs (x integer); CREATE FUNCTION theirs(integer) RETURNS integer LANGUAGE sql
       SET search_path = public, pg_temp AS 'SELECT 1'; COMMENT ON FUNCTION theirs(integer) IS 'of another application'`,
    )
    const theirs = async (): Promise<unknown[]> =>
      ((await state()) as { name: string }[]).filter(({ name }) => name.startsWith('theirs'))
    const before = await theirs()
    expect(before).toHaveLength(2)
    await createRoles({ url: db.url, schema: 'public', prefix })
    expect(await theirs()).toEqual(before)
    await dropRoles({ url: db.url, schema: 'public', prefix })
    expect(await theirs()).toEqual(before)
  })

  it('take over what a later migration brings when they are called again; an owner may migrate', async () => {
    await createRoles({ url: db.url, schema: 'public', prefix })
    await db.query(
      `CREATE ROLE ${prefix}_migrator LOGIN PASSWORD 'open sesame'; GRANT ${prefix}_owner TO ${prefix}_migrator`,
    )
    const url = asLogin(db.url, `${prefix}_migrator`)
    const [taken] = await migrateDown({ url, schema: 'public' }, 1)
    expect(await migrateUp({ url, schema: 'public' })).toEqual([taken])
    const missing = await db.query<{ object: string }>('SELECT * FROM missing_rights($1)', [prefix])
    expect(missing.length).toBeGreaterThan(0)
    const { problems } = await createRoles({ url: db.url, schema: 'public', prefix })
    expect(problems).toEqual([])
    expect(await db.query('SELECT * FROM missing_rights($1)', [prefix])).toEqual([])
  })

  it('warn of a role that owned the package before, and of a schema in which everybody may create', async () => {
    await db.query(`CREATE ROLE ${prefix}_before; GRANT CREATE ON SCHEMA public TO ${prefix}_before, PUBLIC;
      ALTER TABLE sync_runs OWNER TO ${prefix}_before`)
    const { problems } = await createRoles({ url: db.url, schema: 'public', prefix })
    expect(problems.map(({ status, problem }) => `${status} ${problem}`)).toEqual([
      `WARN ${prefix}_before owned objects of the package and has lost its rights on them`,
      expect.stringContaining('WARN everybody may create objects in schema public'),
    ])
    await db.query(problems[1]!.remedy)
    const cli = await roles()
    expect(cli).toMatchObject({ code: 0 })
    expect(cli.stdout).not.toContain('WARN')
  })

  it('do not hinder migrate down', async () => {
    await createRoles({ url: db.url, schema: 'public', prefix })
    await migrateDown({ url: db.url, schema: 'public' }, Number.POSITIVE_INFINITY)
    expect(await db.query(`SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace`)).toEqual([])
  })
})
