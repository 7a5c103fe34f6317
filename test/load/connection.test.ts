import { once } from 'node:events'
import { createServer, connect, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { load } from '../../src/load/load.js'
import { migrateUp } from '../../src/database/migrate.js'
import { removeFolder, testDatabase } from '../support/index.js'
import { loadInto, members, resultOf, writeFiles } from './files.js'

const db = await testDatabase(import.meta.url)
const rows = Array.from({ length: 400_000 }, (_, index) => `S${index},0.00024`)
const folder = await writeFiles({
  'big_holdings.csv': ['symbol,weight', ...rows].join('\n'),
  'spy_holdings.csv': 'symbol\nAAPL\n',
})
afterAll(() => removeFolder(folder))

test('a connection of the caller is used and stays usable, after a refused file too', async () => {
  const client = await db.client()
  await writeFiles(
    { 'bad/bad_holdings.csv': 'symbol,weight\nAAPL,1,1\n', 'bad/ok_holdings.csv': 'symbol\nAAPL\n' },
    folder,
  )
  const result = await load({ kind: 'etfs', paths: [`${folder}/bad`], client, environment: 'own' })
  expect(resultOf(result, 'bad_holdings.csv').status).toBe('rejected')
  expect((await client.query<{ one: number }>('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  expect(await members(db, 'own')).toEqual({ OK: ['AAPL'] })
})

test('progress goes from nothing to everything', async () => {
  const seen: [number, number][] = []
  await loadInto(db, {
    kind: 'etfs',
    paths: [folder],
    environment: 'progress',
    dryRun: true,
    onProgress: (read, total) => seen.push([read, total]),
  })
  const read = seen.map(([bytes]) => bytes)
  expect(read).toEqual([...read].sort((a, b) => a - b))
  expect(seen.at(-1)?.[0]).toBe(seen.at(-1)?.[1])
  expect(seen.length).toBeGreaterThan(3)
})

test('a server process that ends in the middle is an error, and nothing was loaded', async () => {
  const kills: Promise<unknown>[] = []
  const loading = loadInto(db, {
    kind: 'etfs',
    paths: [folder],
    environment: 'killed',
    onProgress: () => {
      const kill = db.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pg-universes load: etfs'`,
      )
      kills.push(kill)
    },
  })
  await expect(loading).rejects.toThrow(/terminat|the connection to PostgreSQL broke/)
  await Promise.all(kills)
  expect(await members(db, 'killed')).toEqual({})
  expect((await loadInto(db, { kind: 'etfs', paths: [folder], environment: 'killed' })).total_changes).toBe(
    400_001,
  )
})

test('a network that breaks in the middle is an error, and nothing was loaded', async () => {
  const target = new URL(db.url)
  const sockets = new Set<Socket>()
  const proxy = createServer((socket) => {
    const upstream = connect(Number(target.port || 5432), target.hostname)
    for (const one of [socket, upstream]) {
      sockets.add(one)
      one.on('error', () => undefined)
    }
    socket.pipe(upstream).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const url = new URL(db.url)
  url.hostname = '127.0.0.1'
  url.port = String((proxy.address() as { port: number }).port)
  const loading = load({
    kind: 'etfs',
    paths: [folder],
    environment: 'cut',
    url: url.href,
    onProgress: () => sockets.forEach((socket) => socket.destroy()),
  })
  await expect(loading).rejects.toThrow('the connection to PostgreSQL broke')
  proxy.close()
  expect(await members(db, 'cut')).toEqual({})
})

test('symbols are measured by the narrowest column of an adopted table', async () => {
  const adopted = await testDatabase(import.meta.url, { empty: true })
  await adopted.query(
    'CREATE TABLE definition_groups (id serial PRIMARY KEY, name varchar(100) NOT NULL, type varchar(50) NOT NULL, environment varchar(20) NOT NULL, UNIQUE (name, type, environment))',
  )
  await adopted.query(
    'CREATE TABLE group_memberships (id serial PRIMARY KEY, group_id integer NOT NULL REFERENCES definition_groups, symbol varchar(10) NOT NULL, weight numeric(5, 4), UNIQUE (group_id, symbol))',
  )
  await migrateUp({ url: adopted.url, schema: 'public' })
  await writeFiles(
    {
      'narrow/long_holdings.csv': 'symbol,weight\nABCDEFGHIJ,50\nABCDEFGHIJK,40\n',
      'narrow/fits_holdings.csv': 'symbol,weight\nABCDEFGHIJ,95\n',
    },
    folder,
  )
  const result = await loadInto(adopted, { kind: 'etfs', paths: [`${folder}/narrow`] })
  expect(resultOf(result, 'long_holdings.csv')).toMatchObject({
    status: 'rejected',
    problem: { line: 3, value: 'ABCDEFGHIJK', remedy: expect.stringContaining('at most 10') as string },
  })
  expect(resultOf(result, 'fits_holdings.csv').status).toBe('loaded')
  expect(await adopted.query('SELECT symbol, weight::float8 FROM group_memberships')).toEqual([
    { symbol: 'ABCDEFGHIJ', weight: 95 },
  ])
})
