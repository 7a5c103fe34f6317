import { randomBytes } from 'node:crypto'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MigrationBuilder } from 'node-pg-migrate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migration, type SqlMigration } from '../../src/database/install.js'
import { packageRoot } from '../../src/package.js'
import { describeSchema } from '../support/describe-schema.js'
import { testDatabase, type TestDatabase } from '../support/index.js'
import { removeFolder, temporaryFolder } from '../support/temporary-folder.js'

type Direction = 'up' | 'down'
type Edit = readonly [before: string, after: string]

/** Owners and privileges, with defaults written out; installed objects and versions. */
const RIGHTS = `
  SELECT format('%s %s %s %s', r.kind, r.identity, pg_get_userbyid(r.owner), string_agg(format('%s=%s%s(%s)', r.grantee::regrole,
    r.privilege_type, CASE WHEN r.is_grantable THEN '*' END, r.column_name), ' ' ORDER BY r.grantee, r.privilege_type, r.column_name)) AS line
  FROM object_rights AS r GROUP BY r.kind, r.identity, r.owner
  UNION ALL
  SELECT format('%s %s %s', o.kind, o.identity, obj_description(o.objid, CASE WHEN o.kind = 'TRIGGER' THEN 'pg_trigger'
    WHEN o.kind = 'FUNCTION' THEN 'pg_proc' ELSE 'pg_class' END)) FROM package_objects AS o
  UNION ALL
  SELECT format('%s %s', path, version) FROM installed_files
  ORDER BY 1`

const suffix = randomBytes(4).toString('hex')
const owner = `versions_owner_${suffix}`
const reader = `versions_reader_${suffix}`
let db: TestDatabase
let folder: string

beforeAll(async () => {
  folder = await temporaryFolder()
  cpSync(join(packageRoot, 'sql'), folder, { recursive: true })
  db = await testDatabase(import.meta.url)
  await db.query(`
    CREATE ROLE ${owner}; CREATE ROLE ${reader};
    GRANT ALL ON SCHEMA public, universes TO ${owner};
    DO $$
    BEGIN
      EXECUTE (SELECT string_agg(format('ALTER %s %s OWNER TO ${owner};', kind, identity), '') FROM package_objects WHERE kind <> 'TRIGGER');
    END $$;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public, universes TO ${reader} WITH GRANT OPTION;
    GRANT SELECT ON ALL TABLES IN SCHEMA public, universes TO ${reader};
    GRANT UPDATE (rank) ON market_ranking TO ${reader};
    GRANT USAGE ON TYPE group_change, refresh_context TO ${reader};
    REVOKE ALL ON TYPE group_change FROM PUBLIC;
    REVOKE ALL ON FUNCTION universe_symbols(text, text) FROM PUBLIC;
    INSERT INTO symbols (symbol, type, market_cap, weighted_shares_outstanding) VALUES ('A', 'CS', 3e9, 1)`)
})

afterAll(async () => {
  await db.query(`DROP OWNED BY ${owner}, ${reader} CASCADE; DROP ROLE ${owner}, ${reader}`)
  removeFolder(folder)
})

async function state(): Promise<string> {
  const client = await db.client()
  const schema = await describeSchema(client)
  await client.end()
  const rights = await db.query<{ line: string }>(RIGHTS)
  return [schema, ...rights.map(({ line }) => line)].join('\n')
}

/** Runs a migration as the migrator does: in one transaction, with both schemas in search_path. */
async function run(change: SqlMigration, direction: Direction): Promise<void> {
  const statements: string[] = []
  change[direction]({ sql: (text: string) => statements.push(text) } as unknown as MigrationBuilder)
  const client = await db.client()
  try {
    await client.query('BEGIN')
    for (const statement of statements) await client.query(statement)
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}

/** A migration to version 2 of a file, the text of version 1 with some words replaced. */
function secondVersion(path: string, edits: readonly Edit[]): SqlMigration {
  let text = readFileSync(join(folder, `${path}_v01.sql`), 'utf8')
  for (const [before, after] of edits) {
    expect(text).toContain(before)
    text = text.replaceAll(before, after)
  }
  return written(path, text)
}

function written(path: string, text: string, back?: string): SqlMigration {
  writeFileSync(join(folder, `${path}_v02.sql`), text)
  if (back !== undefined) writeFileSync(join(folder, `${path}_v02_down.sql`), back)
  return migration([{ path, version: 2 }], folder)
}

/** Goes up, down, up and down again; `check` runs while the new version is installed. */
async function cycle(
  change: SqlMigration,
  check: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const before = await state()
  await run(change, 'up')
  const after = await state()
  expect(after).not.toBe(before)
  expect(await withoutRights()).toEqual([])
  await check()
  await run(change, 'down')
  expect(await state()).toBe(before)
  await run(change, 'up')
  expect(await state()).toBe(after)
  await run(change, 'down')
  expect(await state()).toBe(before)
}

/** Returns the objects that lost their owner or the privileges of the reader. */
async function withoutRights(): Promise<unknown[]> {
  return db.query(
    `SELECT identity FROM object_rights GROUP BY identity
     HAVING bool_or(owner <> $1::regrole) OR NOT bool_or(grantee = $2::regrole)
       OR identity = 'universes.market_ranking' AND count(*) FILTER (WHERE column_name = 'rank') <> 1`,
    [owner, reader],
  )
}

async function signatures(name: string): Promise<string[]> {
  const rows = await db.query<{ signature: string }>(
    `SELECT oid::regprocedure::text AS signature FROM pg_proc WHERE proname = $1`,
    [name],
  )
  return rows.map(({ signature }) => signature)
}

async function mayCall(role: string, signature: string): Promise<boolean> {
  const [row] = await db.query<{ allowed: boolean }>(
    `SELECT has_function_privilege($1, $2, 'EXECUTE') AS allowed`,
    [role, signature],
  )
  return row!.allowed
}

const PARAMETER = `    p_environment text DEFAULT 'DEFAULT'\n`

describe('a function', () => {
  it('gets another body, volatility or parameter name', async () => {
    await cycle(secondVersion('query/normalize_name', [['lower(p_name)', 'upper(p_name)']]), async () => {
      expect(await db.query(`SELECT normalize_name('a') AS name`)).toEqual([{ name: 'A' }])
    })
    await cycle(secondVersion('query/normalize_name', [['IMMUTABLE', 'STABLE']]))
    await cycle(secondVersion('query/normalize_name', [['p_name', 'p_text']]))
  })

  it('gets a parameter with a default, and no overload stays behind', async () => {
    const change = secondVersion('groups/universe_symbols', [
      [PARAMETER, `    p_environment text DEFAULT 'DEFAULT',\n    p_most integer DEFAULT NULL\n`],
      ['universe_symbols(text, text)', 'universe_symbols(text, text, integer)'],
      ['ORDER BY 1;', 'ORDER BY 1 LIMIT p_most;'],
    ])
    await cycle(change, async () => {
      const found = await signatures('universe_symbols')
      expect(found).toEqual(['universe_symbols(text,text,integer)'])
      expect(await mayCall(reader, found[0]!)).toBe(true)
      expect(await mayCall('public', found[0]!)).toBe(false)
      await expect(db.query(`SELECT universe_symbols('none')`)).rejects.toMatchObject({ code: 'UV003' })
    })
    expect(await signatures('universe_symbols')).toEqual(['universe_symbols(text,text)'])
  })

  it('loses a parameter', async () => {
    const change = secondVersion('groups/universe_symbols', [
      [`p_names text,\n${PARAMETER}`, 'p_names text\n'],
      ['\np_environment: environment of the universes.', ''],
      ['p_environment', `'DEFAULT'`],
      ['universe_symbols(text, text)', 'universe_symbols(text)'],
    ])
    await cycle(change, async () => {
      expect(await signatures('universe_symbols')).toEqual(['universe_symbols(text)'])
    })
  })

  it('gets another OUT column', async () => {
    const change = secondVersion('groups/universe_symbols', [
      ['TABLE (symbol text)', 'TABLE (symbol text, copy text)'],
      ['m.symbol::text COLLATE "C"', 'm.symbol::text COLLATE "C", m.symbol::text'],
    ])
    await cycle(change, async () => {
      await expect(db.query(`SELECT copy FROM universe_symbols('none')`)).rejects.toMatchObject({
        code: 'UV003',
      })
    })
  })

  it('gets another return type below views, a materialized view and functions', async () => {
    await cycle(
      secondVersion('groups/environment_in_use', [['RETURNS text', 'RETURNS varchar']]),
      async () => {
        expect(await db.query('SELECT pg_typeof(environment_in_use())::text AS type')).toEqual([
          { type: 'character varying' },
        ])
      },
    )
  })

  it('is taken from PUBLIC and given back', async () => {
    const revoke = [
      '\nCOMMENT ON',
      '\nREVOKE ALL ON FUNCTION normalize_name(text) FROM PUBLIC;\nCOMMENT ON',
    ] as const
    await cycle(secondVersion('query/normalize_name', [revoke]), async () => {
      expect(await mayCall('public', 'normalize_name(text)')).toBe(false)
    })
    expect(await mayCall('public', 'normalize_name(text)')).toBe(true)
  })

  it('gets a comment of several lines', async () => {
    const change = secondVersion('query/normalize_name', [
      [`IS 'Normalizes a name`, `IS 'COMMENT ON FUNCTION other(text) IS\n''quoted'';\n\nNormalizes a name`],
    ])
    await cycle(change, async () => {
      const [row] = await db.query(`SELECT obj_description('normalize_name(text)'::regprocedure) AS text`)
      expect(row!['text']).toMatch(
        /^COMMENT ON FUNCTION other\(text\) IS\n'quoted';\n\nNormalizes a name for/,
      )
    })
  })
})

describe('a view', () => {
  it('gets a column', async () => {
    await cycle(secondVersion('rankings/market_ranking', [['AS rank\n', 'AS rank, 1 AS one\n']]))
  })

  it('loses a column', async () => {
    await cycle(secondVersion('groups/current_members', [['    m.added_at,\n', '']]))
  })

  it('gets a column of another type below a materialized view', async () => {
    await cycle(secondVersion('rankings/market_ranking', [['::integer AS', '::bigint AS']]), async () => {
      expect(await db.query('SELECT symbol, pg_typeof(rank)::text AS type FROM market_leaders')).toEqual([
        { symbol: 'A', type: 'bigint' },
      ])
    })
  })
})

it('a materialized view is rebuilt with its indexes, populated', async () => {
  const change = secondVersion('rankings/market_leaders', [
    ['symbol, market_cap FROM', 'symbol, 1 AS one FROM'],
  ])
  await cycle(change, async () => {
    expect(await db.query('SELECT symbol, one FROM market_leaders')).toEqual([{ symbol: 'A', one: 1 }])
    await db.query('REFRESH MATERIALIZED VIEW CONCURRENTLY market_leaders')
  })
})

it('triggers fire on other events', async () => {
  await cycle(secondVersion('rules/rule_triggers', [[' OR TRUNCATE', '']]))
})

it('disabled triggers and storage parameters stay', async () => {
  await db.query(`
    ALTER TABLE theme_rules DISABLE TRIGGER universes_rule_changed;
    ALTER TABLE settings ENABLE ALWAYS TRIGGER universes_rule_changed;
    ALTER VIEW market_ranking SET (security_barrier = true);
    ALTER MATERIALIZED VIEW market_leaders SET (fillfactor = 70, autovacuum_enabled = false)`)
  const states = (): Promise<unknown[]> =>
    db.query(`
      SELECT tgrelid::regclass::text AS name, format('%s %s', tgname, tgenabled) AS state FROM pg_trigger WHERE NOT tgisinternal
      UNION ALL
      SELECT relname, array_to_string(reloptions, ' ') FROM pg_class WHERE relname IN ('market_ranking', 'market_leaders')
      ORDER BY 1, 2`)
  const before = await states()
  const unchanged = async (): Promise<void> => expect(await states()).toEqual(before)
  await cycle(secondVersion('rules/rule_triggers', [[' OR TRUNCATE', '']]), unchanged)
  await cycle(secondVersion('rankings/market_ranking', [['::integer AS', '::bigint AS']]), unchanged)
  await cycle(secondVersion('rankings/market_ranking', [['s.market_cap > 0', 's.market_cap > 1']]), unchanged)
  await unchanged()
  await db.query(`
    ALTER TABLE theme_rules ENABLE TRIGGER universes_rule_changed;
    ALTER TABLE settings ENABLE TRIGGER universes_rule_changed;
    ALTER VIEW market_ranking RESET (security_barrier);
    ALTER MATERIALIZED VIEW market_leaders RESET (fillfactor, autovacuum_enabled)`)
})

it('a composite type gets an attribute, and its functions stay', async () => {
  await cycle(secondVersion('groups/group_change', [['held boolean', 'held boolean,\n    note text']]))
})

describe('a table', () => {
  const up = `ALTER TABLE ranking_sizes ADD COLUMN note text, ALTER COLUMN size TYPE bigint;
COMMENT ON COLUMN ranking_sizes.note IS 'Why.';
CREATE INDEX ranking_sizes_note ON ranking_sizes (note);\n`
  const down = 'ALTER TABLE ranking_sizes DROP COLUMN note, ALTER COLUMN size TYPE integer;\n'

  it('is altered and back with its rows, below views', async () => {
    const rows = await db.query('SELECT * FROM ranking_sizes ORDER BY name')
    await cycle(written('rules/ranking_sizes', up, down), async () => {
      const now = await db.query('SELECT * FROM ranking_sizes ORDER BY name')
      expect(now).toEqual(rows.map((row) => ({ ...row, size: String(row['size']), note: null })))
    })
    expect(await db.query('SELECT * FROM ranking_sizes ORDER BY name')).toEqual(rows)
  })

  it('is left alone when a view of others prevents it', async () => {
    await db.query('CREATE VIEW theirs AS SELECT size FROM ranking_sizes')
    const before = await state()
    await expect(run(written('rules/ranking_sizes', up, down), 'up')).rejects.toMatchObject({
      code: 'UV005',
      detail: expect.stringContaining('view theirs') as string,
    })
    expect(await state()).toBe(before)
    await db.query('DROP VIEW theirs')
  })
})

it('a seed changes its rows, and those of operators stay', async () => {
  const sizes = (): Promise<unknown[]> => db.query('SELECT name, size FROM ranking_sizes ORDER BY name')
  await db.query(`
    UPDATE ranking_sizes SET size = 99 WHERE name = 'top_100';
    DELETE FROM ranking_sizes WHERE name = 'top_500';
    INSERT INTO ranking_sizes VALUES ('mine', 'market', 7)`)
  const before = await sizes()
  const change = secondVersion('rules/ranking_sizes_seed', [
    [`('top_50', 'market', 50)`, `('top_50', 'market', 60)`],
    [`('top_100', 'market', 100)`, `('top_100', 'market', 120)`],
    [`('top_500', 'market', 500)`, `('top_500', 'market', 600)`],
    [`    ('top_250', 'market', 250),\n`, `    ('top_300', 'market', 300),\n`],
  ])
  await cycle(change, async () => {
    const now = await sizes()
    expect(now).toEqual(
      expect.arrayContaining([
        { name: 'top_50', size: 60 },
        { name: 'top_100', size: 99 },
        { name: 'top_300', size: 300 },
        { name: 'mine', size: 7 },
      ]),
    )
    const names = now.map((row) => (row as { name: string }).name)
    expect(names).not.toContain('top_250')
    expect(names).not.toContain('top_500')
  })
  expect(await sizes()).toEqual(before)
})

describe('objects of others', () => {
  it.each([
    ['CREATE VIEW theirs AS SELECT rank FROM market_leaders', 'DROP VIEW public.theirs;'],
    ['CREATE INDEX theirs ON market_leaders (market_cap)', 'DROP INDEX public.theirs;'],
    [
      'CREATE FUNCTION public.theirs() RETURNS SETOF market_ranking LANGUAGE sql AS $$ SELECT * FROM market_ranking $$',
      'DROP FUNCTION public.theirs();',
    ],
  ])('stop a change that needs them dropped, before anything changes: %s', async (create, drop) => {
    await db.query(create.replace('VIEW theirs', 'VIEW public.theirs'))
    const before = await state()
    const change = secondVersion('rankings/market_ranking', [['::integer AS', '::bigint AS']])
    await expect(run(change, 'up')).rejects.toMatchObject({
      code: 'UV005',
      detail: expect.stringContaining(drop) as string,
      hint: expect.stringContaining('again') as string,
    })
    expect(await state()).toBe(before)
    await db.query(drop)
  })

  it('stay where the change can be made in place', async () => {
    await db.query('CREATE VIEW public.theirs AS SELECT rank FROM market_ranking')
    const change = secondVersion('rankings/market_ranking', [['s.market_cap > 0', 's.market_cap > 1']])
    await cycle(change)
    await db.query('DROP VIEW public.theirs')
  })
})
