import { beforeEach, expect, test } from 'vitest'
import { testDatabase } from '../support/index.js'
import { loadRows, weightsOf, type Options, type Staged } from './staging.js'

const db = await testDatabase(import.meta.url)

let environment = ''
let count = 0

beforeEach(() => {
  environment = `environment ${(count += 1)}`
})

function theme(group: string, ...symbols: string[]): Staged {
  return { name: `${group}.csv`, group, rows: symbols.map((symbol) => ({ symbol })) }
}

function run(files: readonly Staged[], options: Options = {}) {
  return loadRows(db, 'themes', files, { environment, ...options })
}

async function groups(): Promise<unknown[]> {
  return db.query(
    `SELECT name, type, metadata ->> 'source' AS source, metadata ? 'retired_at' AS retired
     FROM definition_groups WHERE environment = $1 AND type = 'THEME' AND name IN ('quantum', 'robots') ORDER BY name`,
    [environment],
  )
}

test('a file of symbols is a theme', async () => {
  const { kind, files, changes } = await run([theme('quantum', 'IONQ', 'RGTI')])
  expect(kind).toBe('themes')
  expect(files).toMatchObject([{ universe: 'quantum', status: 'loaded', rows: 2 }])
  expect(changes).toMatchObject([{ type: 'THEME', name: 'quantum', count: 2, added: ['IONQ', 'RGTI'] }])
  expect(await groups()).toEqual([{ name: 'quantum', type: 'THEME', source: 'file', retired: false }])
  expect((await run([theme('quantum', 'IONQ', 'RGTI')])).files[0]?.status).toBe('unchanged')
})

test('a refresh leaves it alone', async () => {
  await run([theme('quantum', 'IONQ', 'RGTI')])
  const [refresh] = await db.query(
    `SELECT status FROM refresh_universes(p_environment => $1, p_force => true)`,
    [environment],
  )
  expect(refresh).toEqual({ status: 'completed' })
  expect(await weightsOf(db, 'quantum', environment)).toEqual({ IONQ: null, RGTI: null })
  expect(await groups()).toEqual([{ name: 'quantum', type: 'THEME', source: 'file', retired: false }])
})

test('a name that theme_rules maintains is rejected with the way out, and the rest is loaded', async () => {
  const [rule] = await db.query<{ name: string }>('SELECT name FROM theme_rules ORDER BY name LIMIT 1')
  const { files } = await run([theme(rule!.name, 'IONQ'), theme('quantum', 'IONQ')])
  expect(files).toMatchObject([
    {
      status: 'rejected',
      problem: {
        message: `theme_rules maintains the theme ${rule!.name}`,
        remedy: 'Rename the file, put its symbols into include_symbols of the rule, or delete the rule.',
      },
    },
    { status: 'loaded' },
  ])
})

test('an empty file is held, although a theme may be empty', async () => {
  await run([theme('quantum', 'IONQ')])
  expect((await run([theme('quantum')])).files[0]).toMatchObject({
    status: 'held',
    held_by: ['it has no constituent'],
  })
  expect((await run([theme('quantum')], { force: true })).files[0]?.status).toBe('loaded')
  expect(await weightsOf(db, 'quantum', environment)).toEqual({})
})

test('a theme whose file is gone is held in a complete load, and retired with force', async () => {
  await run([theme('quantum', 'IONQ'), theme('robots', 'ISRG')])
  const gone = { mode: 'full', complete: true } as const
  const held = await run([theme('robots', 'ISRG')], gone)
  expect(held.changes).toMatchObject([{ name: 'quantum', held: true, removed: ['IONQ'], members_before: 1 }])
  expect(await weightsOf(db, 'quantum', environment)).toEqual({ IONQ: null })
  const forced = await run([theme('robots', 'ISRG')], { ...gone, force: true })
  expect(forced.changes).toMatchObject([{ name: 'quantum', held: false, count: 0 }])
  expect(await groups()).toMatchObject([
    { name: 'quantum', retired: true },
    { name: 'robots', retired: false },
  ])
})

test('a complete load of themes says nothing about themes of rules', async () => {
  await db.query(`SELECT refresh_universes(p_environment => $1, p_force => true)`, [environment])
  const { changes } = await run([theme('robots', 'ISRG')], { mode: 'full', complete: true, force: true })
  expect(changes).toMatchObject([{ name: 'robots' }])
})
