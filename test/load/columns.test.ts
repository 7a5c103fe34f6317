import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeFolder, runCli, temporaryFolder, testDatabase, type CliResult } from '../support/index.js'
import { weightsOf } from '../loading/staging.js'

const db = await testDatabase(import.meta.url)
let folder: string

beforeAll(async () => {
  folder = await temporaryFolder()
  await db.query(
    `INSERT INTO symbols (symbol, name, type) VALUES ('HEN', 'Hen Inc', 'CS'), ('IBIS', 'Ibis Corp', 'CS')`,
  )
})

afterAll(() => removeFolder(folder))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const cli = (...args: string[]): Promise<CliResult> =>
  runCli(['load', ...args], { env: { DATABASE_URL: db.url } })

const BIRDS = `Birds Fund\nSecurity Id,Holding Name,Portfolio share\nHEN,HEN INC,60.5\nIBIS,IBIS CORP,39\n`

test('a file of another layout is held or refused, and loads with its columns mapped', async () => {
  const path = file('bird_holdings.csv', BIRDS)
  expect(await cli('etfs', path)).toMatchObject({ code: 1 })
  const { code, stdout } = await cli(
    'etfs',
    path,
    '--columns',
    'symbol=Security Id,weight=Portfolio share,name=Holding Name',
  )
  expect(code).toBe(0)
  expect(stdout).toContain('columns')
  expect(await weightsOf(db, 'BIRD')).toEqual({ HEN: 60.5, IBIS: 39 })
})

test('--save keeps the mapping as a row of issuer_formats', async () => {
  const map = 'symbol=Security Id,weight="Portfolio share"'
  const first = file('nest_holdings.csv', BIRDS)
  expect((await cli('etfs', first, '--columns', map, '--save', 'birds', '--dry-run')).code).toBe(0)
  expect(await db.query(`SELECT FROM issuer_formats WHERE name = 'birds'`)).toEqual([])
  expect((await cli('etfs', first, '--columns', map, '--save', 'birds')).code).toBe(0)
  expect(await db.query(`SELECT headers, columns FROM issuer_formats WHERE name = 'birds'`)).toEqual([
    {
      headers: ['security id', 'portfolio share'],
      columns: { symbol: ['security id'], weight: ['portfolio share'] },
    },
  ])
  const second = await cli('etfs', file('egg_holdings.csv', BIRDS), '--json')
  expect(JSON.parse(second.stdout)).toMatchObject({
    files: [{ status: 'loaded', format: 'birds', unread_columns: ['Holding Name'] }],
  })
  const other = await cli('etfs', first, '--columns', 'symbol=Holding Name', '--save', 'birds')
  expect(other).toMatchObject({ code: 2 })
  expect(other.stderr).toContain('there is another format birds already')
})

test('lists can be mapped, too', async () => {
  const path = file('flock.csv', 'No;Kürzel\n1;HEN\n2;IBIS\n')
  expect((await cli('universes', path, '--columns', 'symbol=Kürzel')).code).toBe(0)
  expect(Object.keys(await weightsOf(db, 'flock'))).toEqual(['HEN', 'IBIS'])
})

test.each([
  [['--columns', 'weight=W'], '--columns does not say which column has the symbols'],
  [['--columns', 'ticker=T'], '--columns cannot read "ticker=T"'],
  [['--columns', 'symbol'], '--columns cannot read "symbol"'],
  [['--save', 'x'], '--save without --columns'],
])('%j is wrong usage', async (args, message) => {
  const { code, stderr } = await cli('etfs', file('x_holdings.csv', BIRDS), ...args)
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})

test('a header without these cells is a problem of the file', async () => {
  const { code, stdout } = await cli('etfs', file('y_holdings.csv', BIRDS), '--columns', 'symbol=Tickr')
  expect(code).toBe(1)
  expect(stdout).toContain('no row has the columns tickr')
})

test('a fund whose file is gone is named, and the load fails until it is forced', async () => {
  const gone = join(await temporaryFolder(), '.')
  writeFileSync(join(gone, 'aaa_holdings.csv'), 'symbol\nHEN\n')
  const { code, stdout } = await cli('etfs', gone, '--mode', 'full', '--environment', 'DEFAULT')
  expect(code).toBe(1)
  expect(stdout).toContain('its file is gone: --force empties it')
  for (const fund of ['BIRD', 'NEST', 'EGG']) expect(stdout).toContain(fund)
  expect((await cli('etfs', gone, '--mode', 'full', '--force')).code).toBe(0)
  expect(await weightsOf(db, 'BIRD')).toEqual({})
  expect((await cli('etfs', gone, '--mode', 'full')).code).toBe(0)
  removeFolder(gone)
})
