import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { SQLSTATE } from '../../src/errors.js'
import { testDatabase, type TestDatabase } from '../support/index.js'

/** One file below sql/. */
interface SqlFile {
  /** Path below sql/ without version and ending, as migrations name it. */
  path: string
  name: string
  version: number
  text: string
}

interface InstalledFunction {
  name: string
  config: string[] | null
  volatility: string
  definer: boolean
  body: string
  comment: string | null
}

const files = readdirSync(join(packageRoot, 'sql'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /_v\d\d\.sql$/.test(file))
  .sort()
  .map((file): SqlFile => {
    const [, path = '', version = ''] = /^(.+)_v(\d\d)\.sql$/.exec(file) ?? []
    const text = readFileSync(join(packageRoot, 'sql', file), 'utf8')
    return { path, name: basename(path), version: Number(version), text }
  })
const newest = files.filter((file) => !files.some((f) => f.path === file.path && f.version > file.version))
const functionFiles = newest.filter((file) => /^CREATE OR REPLACE FUNCTION/m.test(file.text))

/** Files that hold rows or triggers of several tables instead of one object. */
function isRows(file: SqlFile): boolean {
  return file.name.endsWith('_seed') || file.name === 'rule_triggers'
}

/** Later versions of a table alter it; each has its reverse beside it. */
function isAlteration({ path, version }: SqlFile): boolean {
  const first = files.find((file) => file.path === path && file.version === 1)
  return version > 1 && /^CREATE (UNLOGGED )?TABLE/m.test(first?.text ?? '')
}

let db: TestDatabase
let functions: InstalledFunction[]

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  functions = await db.query<InstalledFunction & Record<string, unknown>>(
    `SELECT p.proname AS name, p.proconfig AS config, p.prosecdef AS definer, p.prosrc AS body,
       CASE p.provolatile WHEN 'v' THEN 'VOLATILE' WHEN 's' THEN 'STABLE' ELSE 'IMMUTABLE' END AS volatility,
       obj_description(p.oid, 'pg_proc') AS comment
     FROM pg_proc AS p
     WHERE p.pronamespace IN ('public'::regnamespace, 'universes'::regnamespace)`,
  )
})

describe('every function', () => {
  it('is installed once, from the file that has its name', () => {
    expect(functions.map((f) => f.name).sort()).toEqual(functionFiles.map((file) => file.name).sort())
  })

  it('has the body of its newest file', () => {
    for (const { name, text } of functionFiles) {
      const [, , body] = /^AS (\$\w*\$)(.*?)\1;$/ms.exec(text) ?? []
      expect(functions.find((f) => f.name === name)?.body, name).toBe(
        body?.replaceAll('@api@', 'public').replaceAll('@engine@', 'universes'),
      )
    }
  })

  it('has a search_path pinned to the two schemas, pg_temp last', () => {
    for (const { name, config } of functions) {
      expect(
        config?.filter((setting) => setting.startsWith('search_path=')),
        name,
      ).toEqual(['search_path=universes, public, pg_temp'])
    }
  })

  it('states its volatility, and has the one it states', () => {
    for (const { name, text } of functionFiles) {
      const stated = /^(VOLATILE|STABLE|IMMUTABLE)\b/m.exec(text)?.[1]
      expect(functions.find((f) => f.name === name)?.volatility, name).toBe(stated)
    }
  })

  it('has a comment that says what it does', () => {
    for (const { name, comment } of functions) expect(comment?.length, name).toBeGreaterThan(20)
  })

  it('runs with the rights of its caller, unless its file says why not and takes it from PUBLIC', () => {
    const definers = functions.filter(({ definer }) => definer).map(({ name }) => name)
    expect(definers.sort()).toEqual([
      'apply_memberships',
      'mark_events_published',
      'publish_event',
      'publish_events',
      'purge_events',
      'refresh_rankings',
      'track_override_changes',
      'track_price_changes',
      'track_rule_changes',
      'track_symbol_changes',
    ])
    for (const name of definers) {
      const text = functionFiles.find((file) => file.name === name)!.text
      expect(text, name).toMatch(/^ \* SECURITY DEFINER[,:] /m)
      const signature = /^COMMENT ON FUNCTION ([^;]+?) IS /m.exec(text)?.[1]
      expect(text, name).toContain(`\nREVOKE ALL ON FUNCTION ${signature} FROM PUBLIC;\n`)
    }
  })

  it('is not longer than 100 lines, comments and declaration not counted', () => {
    for (const { name, body } of functions) {
      const lines = body.replace(/\/\*.*?\*\//s, '').split('\n')
      expect(lines.filter((line) => line.trim() !== '').length, name).toBeLessThanOrEqual(100)
    }
  })

  it('keeps errors as they are: only the refresh, which records them, catches all', () => {
    const catching = files.filter((file) => /WHEN\s+OTHERS/i.test(file.text.replace(/\/\*.*?\*\//gs, '')))
    expect(catching.map((file) => file.name)).toEqual(['refresh_universes'])
  })

  it('names its parameters p_ and raises only our SQLSTATEs, with a hint', () => {
    for (const { name, text } of functionFiles) {
      const parameters = /^CREATE OR REPLACE FUNCTION (?:@api@\.)?\w+\(\n?(.*?)\n?\)$/ms.exec(text)?.[1] ?? ''
      for (const line of parameters.split('\n').filter((l) => l.trim() !== '' && !/^\s*OUT /.test(l))) {
        expect(line, name).toMatch(/^ {4}p_\w+ /)
      }
      for (const [, raised = ''] of text.matchAll(/RAISE EXCEPTION(.*?);\n/gs)) {
        expect(Object.values(SQLSTATE), name).toContain(/ERRCODE = '(\w+)'/.exec(raised)?.[1])
        expect(raised, name).toContain('HINT =')
      }
    }
  })
})

describe('every file in sql/', () => {
  it('has a version and is named after the object it creates, of which it creates one', () => {
    for (const file of files.filter((f) => !isRows(f))) {
      const created = [
        ...file.text.matchAll(
          /^CREATE (?:OR REPLACE )?(?:UNLOGGED )?(TABLE|VIEW|MATERIALIZED VIEW|FUNCTION|TYPE|SEQUENCE) (?:@api@\.)?(\w+)/gm,
        ),
      ]
      expect(
        created.map((match) => match[2]),
        file.path,
      ).toEqual(isAlteration(file) ? [] : [file.name])
      expect(file.version, file.path).toBeGreaterThan(0)
    }
  })

  it('of version n has the versions before it, and of a table the way back', () => {
    for (const { path, version } of files) {
      const versions = files.filter((f) => f.path === path && f.version < version)
      expect(versions, path).toHaveLength(version - 1)
    }
    const names = readdirSync(join(packageRoot, 'sql'), { recursive: true, encoding: 'utf8' })
    const back = names.filter((name) => name.endsWith('_down.sql'))
    const altered = files.filter(isAlteration)
    expect(back.sort()).toEqual(
      altered.map(({ path, version }) => `${path}_v${String(version).padStart(2, '0')}_down.sql`).sort(),
    )
  })

  it('is installed by exactly one migration', () => {
    const folder = join(packageRoot, 'migrations')
    const migrations = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
    const installed = migrations.flatMap((text) => [...text.matchAll(/'([a-z]+\/\w+)'/g)].map((m) => m[1]))
    expect([...installed].sort()).toEqual(files.map((file) => file.path).sort())
  })

  it('changes no seed that an operator may have changed', () => {
    for (const file of files.filter((f) => f.name.endsWith('_seed'))) {
      const inserts = file.text.match(/^INSERT INTO/gm)?.length ?? 0
      expect(inserts, file.path).toBeGreaterThan(0)
      expect(file.text.match(/ON CONFLICT (\(.*\) )?DO NOTHING;/g)?.length, file.path).toBe(inserts)
    }
  })

  it('ends with one line feed and has no long line of prose or code', () => {
    for (const file of files) {
      expect(file.text, file.path).toMatch(/;\n$/)
      expect(file.text, file.path).not.toMatch(/\r|\t| $/m)
      const code = file.text.split('\n').filter((line) => !/^COMMENT ON|^\s*--/.test(line))
      if (!file.name.endsWith('_seed'))
        for (const line of code) expect(line.length, `${file.path}: ${line}`).toBeLessThanOrEqual(150)
    }
  })
})

describe('every relation', () => {
  it('has a comment: tables, views, materialized views, types', async () => {
    const bare = await db.query(
      `SELECT c.relname FROM pg_class AS c
       WHERE c.relnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm', 'c')
         AND c.relname <> 'universes_migrations'
         AND obj_description(coalesce(nullif(c.reltype, 0), c.oid), 'pg_type') IS NULL
         AND obj_description(c.oid, 'pg_class') IS NULL`,
    )
    expect(bare).toEqual([])
  })

  it('says the unit of its money, percent and durations', async () => {
    const bare = await db.query(
      `SELECT c.relname, a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
       WHERE c.relnamespace IN ('public'::regnamespace, 'universes'::regnamespace) AND c.relkind = 'r'
         AND a.attname IN ('market_cap', 'weight') AND a.atttypid <> 'text'::regtype
         AND col_description(c.oid, a.attnum) IS NULL`,
    )
    expect(bare).toEqual([])
  })

  it('and every trigger has one', async () => {
    const bare = await db.query(
      `SELECT t.tgname, t.tgrelid::regclass FROM pg_trigger AS t
       WHERE NOT t.tgisinternal AND obj_description(t.oid, 'pg_trigger') IS NULL`,
    )
    expect(bare).toEqual([])
  })
})
