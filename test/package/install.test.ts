import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { redisUrl, removeFolder, temporaryFolder, testDatabase } from '../support/index.js'
import { compile, install, pack, type Tarball } from './project.js'

/** Program of a consumer: uses the public API with its types. */
const CONSUMER = `
import pg from 'pg'
import { pino } from 'pino'
import {
  load, migrateUp, RedisSink, refresh, RelationshipCache, relayOnce, serve, withClient, type LoadResult, type SyncRun,
} from 'pg-universes'

const [, , url = '', redis = '', holdings = ''] = process.argv
const database = { url, schema: 'public' }
await migrateUp(database)
await load({ url, kind: 'symbols', paths: [holdings + '/market/symbols.csv'] })
await load({ url, kind: 'prices', paths: [holdings + '/market/prices.csv'] })
const loaded: LoadResult = await load({ url, kind: 'etfs', paths: [holdings] })
const run: SyncRun = await withClient(database, (client: pg.Client) => refresh(client, {}))
const published: number = await relayOnce(database, new RedisSink({ url: redis, stream: 'packed' }))
const cache = await RelationshipCache.open({ database: { url } })
const service = await serve({
  database, environment: 'DEFAULT', keys: [], host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }),
})
const answer = await fetch(service.url + '/api/universes/ETF/SPY')
const { size } = (await answer.json()) as { size: number }
const page = await fetch(service.url + '/admin/historical-data')
await service.close()
const spy = cache.etfHoldings('SPY')?.length
await cache.close()
console.log(JSON.stringify({
  files: loaded.files.length, status: run.status, published, size, spy, page: [page.status, page.headers.get('content-type')],
}))
`

// Installing and compiling every declaration takes minutes on a busy machine.
describe('the packed package in an empty project', { timeout: 900_000 }, async () => {
  const folder = await temporaryFolder()
  const project = join(folder, 'project')
  const db = await testDatabase(import.meta.url, { empty: true })
  let tarball: Tarball
  let printed: string
  afterAll(() => removeFolder(folder))

  const inProject = (...path: string[]): string => join(project, 'node_modules', ...path)

  async function node(...args: string[]): Promise<string> {
    const options = { cwd: project, env: { ...process.env, DATABASE_URL: db.url, REDIS_URL: redisUrl() } }
    const { stdout } = await promisify(execFile)(process.execPath, args, options)
    return stdout
  }

  beforeAll(async () => {
    tarball = await pack(folder)
    printed = await install(tarball.path, project)
  }, 900_000)

  test('holds what runs, and neither tests nor source maps', () => {
    expect(tarball.files.filter((path) => /(^|\/)test\/|\.map$|\.test\./.test(path))).toEqual([])
    expect(tarball.files).toEqual(
      expect.arrayContaining(['README.md', 'dist/src/cli/index.js', 'dist/src/index.d.ts']),
    )
    expect(tarball.files.length).toBeLessThan(1_000)
  })

  test('installs on this Node without a complaint, and with one light-my-request', () => {
    expect(printed).not.toContain('EBADENGINE')
    expect(existsSync(inProject('fastify', 'node_modules', 'light-my-request'))).toBe(false)
    const installed = JSON.parse(
      readFileSync(inProject('light-my-request', 'package.json'), 'utf8'),
    ) as object
    expect(installed).toMatchObject({ version: '6.6.0' })
  })

  test('compiles with skipLibCheck off, then migrates, loads, refreshes, relays and serves', async () => {
    expect(await compile(project, 'consumer', CONSUMER)).toBe('')
    const holdings = inProject('pg-universes', 'holdings')
    const done = JSON.parse(await node('consumer.js', db.url, redisUrl(), holdings)) as Record<
      string,
      unknown
    >
    expect(done).toMatchObject({
      files: 15,
      status: 'completed',
      size: 269,
      spy: 269,
      page: [200, expect.stringContaining('text/html')],
    })
    const redis = new Redis(redisUrl())
    expect(await redis.xlen('packed')).toBe(done['published'])
    await redis.del('packed')
    redis.disconnect()
  })

  test('has the command line, on the same database', async () => {
    const cli = inProject('.bin', 'universes')
    expect(await node(cli, 'migrate', 'status')).toBeTruthy()
    expect(await node(cli, 'query', '--etf', 'SPY')).toContain('269 constituents')
    expect(await node(cli, 'relay', '--once')).toBeDefined()
  })
})
