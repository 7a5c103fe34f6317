import { rmSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { goneFiles } from '../../src/load/result.js'
import { removeFolder, runCli, testDatabase } from '../support/index.js'
import { loadInto, members, resultOf, writeFiles } from './files.js'

const db = await testDatabase(import.meta.url)
const folders: string[] = []
afterAll(() => folders.forEach(removeFolder))

async function write(files: Record<string, string>): Promise<string> {
  const folder = await writeFiles(files)
  folders.push(folder)
  return folder
}

async function overrides(): Promise<Record<string, unknown>> {
  const rows = await db.query<{ symbol: string; sector: string; file: string; line: number }>(
    'SELECT symbol, sector, file, line::integer AS line FROM sector_overrides ORDER BY symbol',
  )
  return Object.fromEntries(rows.map(({ symbol, sector, file, line }) => [symbol, [sector, file, line]]))
}

test('a theme is a list of symbols, with a header or without', async () => {
  const folder = await write({ 'my_space.csv': 'RKLB\nasts\n', 'my_robots.csv': 'symbol\nTER\n' })
  const result = await loadInto(db, { kind: 'themes', paths: [folder], environment: 'themes' })
  expect(result.files.map(({ universe, status }) => [universe, status])).toEqual([
    ['my_robots', 'loaded'],
    ['my_space', 'loaded'],
  ])
  expect(await members(db, 'themes')).toEqual({ my_robots: ['TER'], my_space: ['ASTS', 'RKLB'] })
  expect(await db.query(`SELECT DISTINCT type FROM definition_groups WHERE environment = 'themes'`)).toEqual([
    { type: 'THEME' },
  ])
  const again = await loadInto(db, { kind: 'themes', paths: [folder], environment: 'themes' })
  expect(again.files.every(({ status }) => status === 'unchanged')).toBe(true)
})

test('a theme that a rule maintains, or in upper case, is refused with a remedy', async () => {
  const folder = await write({ 'space.csv': 'NVDA\n', 'Your Space.csv': 'RKLB\n' })
  const result = await loadInto(db, { kind: 'themes', paths: [folder], environment: 'refused' })
  expect(resultOf(result, 'space.csv').problem?.message).toBe('theme_rules maintains the theme space')
  expect(resultOf(result, 'Your Space.csv').problem).toMatchObject({
    message: 'not the name of a theme file',
    remedy: 'Rename it to your_space.csv.',
  })
})

test('sectors become overrides with file and line, and go with their line', async () => {
  const folder = await write({ 'mine.csv': 'symbol,sector\nAAPL,Information Technology\nXOM,energy\n' })
  const args = ['load', 'sectors', folder]
  const first = await runCli(args, { env: { DATABASE_URL: db.url } })
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout).toMatch(/^file +status +rows +note\nmine.csv +loaded +2\n[^]*\n2 changes from 1 file/)
  expect(await overrides()).toEqual({
    AAPL: ['information_technology', 'mine.csv', 2],
    XOM: ['energy', 'mine.csv', 3],
  })
  expect((await runCli(args, { env: { DATABASE_URL: db.url } })).stdout).toMatch(/mine.csv +unchanged +2/)
  await writeFiles({ 'mine.csv': 'symbol,sector\nAAPL,Energy\n' }, folder)
  const dry = await runCli([...args, '--dry-run'], { env: { DATABASE_URL: db.url } })
  expect(dry.stdout).toContain('would insert 0 rows, update 1, delete 1\ndry run, nothing was kept: 2 changes')
  expect((await loadInto(db, { kind: 'sectors', paths: [folder] })).changes).toMatchObject({ updated: 1, deleted: 1 })
  expect(await overrides()).toEqual({ AAPL: ['energy', 'mine.csv', 2] })
}) // prettier-ignore

test('a sector file that is gone is held in a full load, and its rows go with --force', async () => {
  const folder = await write({
    'a.csv': 'symbol,sector\nKO,Energy\n',
    'b.csv': 'symbol,sector\nPEP,Energy\n',
  })
  await loadInto(db, { kind: 'sectors', paths: [folder], environment: 'DEFAULT' })
  rmSync(`${folder}/b.csv`)
  const args = ['load', 'sectors', folder, '--mode', 'full']
  const held = await runCli(args, { env: { DATABASE_URL: db.url } })
  expect(held.code).toBe(1)
  expect(held.stdout).toMatch(/b.csv +held +1 +the file is gone: --force deletes its rows/)
  const forced = await runCli([...args, '--force'], { env: { DATABASE_URL: db.url } })
  expect(forced.code).toBe(0)
  expect(forced.stdout).toMatch(/b.csv +retired +1 +the file is gone, its rows were deleted/)
  expect(Object.keys(await overrides())).toEqual(['KO'])
  expect(goneFiles(await loadInto(db, { kind: 'sectors', paths: [folder], mode: 'full' }))).toEqual([])
})

test.each([
  ['no sector column', 'symbol\nAAPL\n', 'the header has no column sector'],
  ['an unknown sector', 'symbol,sector\nAAPL,Toys\n', /sector/],
])('%s is refused', async (_name, content, message) => {
  const folder = await write({ 'bad.csv': content })
  const result = await loadInto(db, { kind: 'sectors', paths: [folder] })
  const problem = resultOf(result, 'bad.csv').problem
  expect(problem?.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  expect(problem?.remedy).toBeTruthy()
})

test('without a path, themes and sectors of holdings/ are loaded', async () => {
  const work = await write({
    'holdings/themes/rare.csv': 'MP\n',
    'holdings/sectors.csv': 'symbol,sector\nMP,Materials\n',
  })
  for (const kind of ['themes', 'sectors']) {
    const { code } = await runCli(['load', kind], { env: { DATABASE_URL: db.url }, cwd: work })
    expect(code).toBe(0)
  }
  expect(await members(db, 'DEFAULT')).toMatchObject({ rare: ['MP'] })
  expect((await overrides())['MP']).toEqual(['materials', 'sectors.csv', 2])
})
