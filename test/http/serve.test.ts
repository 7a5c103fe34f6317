import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { createKey } from '../../src/http/security/keys.js'
import { packageRoot } from '../../src/package.js'
import { listSmallMarket, setCloses } from '../refresh/market.js'
import {
  redisUrl,
  runCli,
  spawnCli,
  startRedis,
  temporaryFolder,
  testDatabase,
  type CliProcess,
  type TestDatabase,
} from '../support/index.js'

const TRIGGER = '/api/processing/cache-sync/trigger'
const EVENTS = '/api/processing/cache-sync/events'
const PATIENCE = { timeout: 60_000, interval: 100 }

interface Server extends CliProcess {
  url: string
}

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
})

/** Starts `universes serve` on a free port. */
async function serve(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Server> {
  const server = spawnCli(['serve', '--port', '0', ...args], { env: { DATABASE_URL: db.url, ...env } })
  const [, url = ''] = await server.waitFor(/listening on (http:\/\/\S+)/)
  return { ...server, url }
}

async function text(url: string, init: RequestInit = {}): Promise<string> {
  return (await fetch(url, init)).text()
}

async function ready(url: string): Promise<void> {
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status, PATIENCE).toBe(200)
}

describe('universes serve', () => {
  it('says where it listens, where the page is, and that it is open on this machine', async () => {
    const server = await serve()
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(server.stdout()).toBe(
      [
        `listening on ${server.url}`,
        `admin page   ${server.url}/admin/historical-data`,
        `API          ${server.url}/openapi.json`,
        'keys         none: open to everybody on this machine, and to nobody else',
        '',
      ].join('\n'),
    )
    expect(await text(`${server.url}/healthz`)).toContain('"ok"')
    expect((await server.stop()).code).toBe(0)
  })

  it('holds four connections while it is idle, one of which listens for all', async () => {
    const server = await serve(['--relay', '--redis-url', redisUrl()])
    await ready(server.url)
    const sessions = (): Promise<{ name: string; listening: boolean }[]> =>
      db.query(
        `SELECT application_name AS name, query LIKE 'LISTEN %' OR application_name LIKE '%listen%' AS listening
         FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'universes%' ORDER BY application_name COLLATE "C"`,
      )
    // Connections of the pool, which answered the readiness check, end after ten idle seconds.
    await expect.poll(sessions, PATIENCE).toEqual([
      { name: 'universes cache', listening: false },
      { name: 'universes relay', listening: false },
      { name: 'universes serve (jobs)', listening: false },
      { name: 'universes serve (listen)', listening: true },
    ])
    expect((await server.stop()).code).toBe(0)
  })

  it('takes keys from the variable and from a file, and names them by id and scope', async () => {
    const [first, second] = [createKey('web-app', 'operate'), createKey('prometheus', 'read')]
    const file = join(await temporaryFolder(), 'keys')
    writeFileSync(file, `# for the dashboard\n${second.entry}\n`)
    const env = { UNIVERSES_API_KEYS: first.entry, UNIVERSES_API_KEYS_FILE: file }
    const server = await serve(['--host', '0.0.0.0'], env)
    expect(server.stdout()).toContain('keys         web-app (operate), prometheus (read)\n')
    const url = server.url.replace('0.0.0.0', '127.0.0.1')
    const status = async (path: string, key: string, method = 'GET'): Promise<number> =>
      (await fetch(url + path, { method, headers: { 'x-api-key': key } })).status
    expect(await status('/metrics', second.key)).toBe(200)
    expect(await status(TRIGGER, second.key, 'POST')).toBe(403)
    expect(await status('/metrics', 'uv_wrong')).toBe(401)
    expect(await status('/admin/cache/stats', first.key)).toBe(403)
    await server.stop()
  })

  it('takes host, port and the limit of requests from the environment', async () => {
    const env = { UNIVERSES_HOST: 'localhost', UNIVERSES_PORT: '1', UNIVERSES_REQUESTS_PER_MINUTE: '2' }
    const server = await serve([], env)
    expect(server.url).toMatch(/^http:\/\/localhost:\d{2,}$/)
    const statuses: number[] = []
    for (let sent = 0; sent < 3; sent++) statuses.push((await fetch(`${server.url}/openapi.json`)).status)
    expect(statuses).toEqual([200, 200, 429])
    await server.stop()
  })

  it('listens on IPv6, where that is this machine, too', async () => {
    const server = await serve(['--host', '::1'])
    expect(server.url).toMatch(/^http:\/\/\[::1\]:\d+$/)
    expect(await text(`${server.url}/healthz`)).toContain('"ok"')
    await server.stop()
  })

  it('is for the environment that is named', async () => {
    const server = await serve(['--environment', 'STAGING'])
    await ready(server.url)
    expect(JSON.parse(await text(`${server.url}/api/overview`))).toMatchObject({ environment: 'STAGING' })
    await server.stop()
  })
})

describe('settings that make no sense', () => {
  const entry = createKey('web-app', 'read').entry
  it.each([
    [['--host', '0.0.0.0'], {}, 'without keys the service listens on this machine only, not on 0.0.0.0'],
    [['--host', '::'], {}, 'UNIVERSES_API_KEYS'],
    [['--port', '80a'], {}, '--port is "80a"'],
    [['--port', '65536'], {}, '--port is "65536"'],
    [[], { UNIVERSES_PORT: 'http' }, 'UNIVERSES_PORT is "http"'],
    [[], { UNIVERSES_REQUESTS_PER_MINUTE: '0' }, 'UNIVERSES_REQUESTS_PER_MINUTE is "0"'],
    [
      [],
      { UNIVERSES_API_KEYS: `${entry},web-app:read:abc` },
      'UNIVERSES_API_KEYS, entry 2: the hash of the key "web-app"',
    ],
    [[], { UNIVERSES_API_KEYS: `${entry} ${entry}` }, 'two API keys have the id "web-app"'],
    [[], { UNIVERSES_API_KEYS_FILE: '/no/such/file' }, 'UNIVERSES_API_KEYS_FILE: ENOENT'],
    [[], { UNIVERSES_TRUST_PROXY: 'everybody' }, 'UNIVERSES_TRUST_PROXY'],
    [['--relay'], {}, 'no Redis to publish to'],
    [['--relay', '--redis-url', 'http://localhost'], {}, 'the Redis URL is not valid'],
    [['--stream', 'events'], {}, '--stream is for the relay'],
    [['--redis-url', 'redis://localhost'], {}, '--redis-url is for the relay'],
    [[], { DATABASE_URL: 'postgres://localhost/db?sslmode=prefer' }, 'sslmode is "prefer"'],
  ] as [string[], Record<string, string>, string][])('%j %j: exit code 2', async (args, env, message) => {
    const { code, stderr, stdout } = await runCli(['serve', ...args], {
      env: { DATABASE_URL: db.url, ...env },
    })
    expect(stderr).toContain(message)
    expect(stderr).toContain('remedy: ')
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('a port that is taken: exit code 1, with the remedy', async () => {
    const other = createServer()
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await runCli(['serve', '--port', String(port)], {
      env: { DATABASE_URL: db.url },
    })
    other.close()
    expect(stderr).toContain(`error: port ${port} of 127.0.0.1 is taken`)
    expect(stderr).toContain('--port')
    expect(stderr).not.toContain(' at ')
    expect(code).toBe(1)
  })
})

describe('the end of the service', () => {
  /** Holds the lock of refreshes: a job waits. */
  async function hold(): Promise<() => Promise<void>> {
    const client = await db.client()
    await client.query('BEGIN')
    await client.query(`SELECT lock_universes('the test')`)
    return async () => void (await client.query('COMMIT'))
  }

  async function trigger(url: string): Promise<string> {
    const response = await fetch(url + TRIGGER, { method: 'POST' })
    expect(response.status).toBe(202)
    return ((await response.json()) as { job_id: string }).job_id
  }

  it('ends open streams properly, keeps the job, and leaves nothing behind', async () => {
    const server = await serve()
    await ready(server.url)
    const release = await hold()
    const job = await trigger(server.url)
    const stream = await fetch(`${server.url}${EVENTS}/${job}`)
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
    let seen = ''
    while (!seen.includes('event: triggered')) seen += (await reader.read()).value ?? ''
    const stopping = server.stop('SIGTERM')
    // The rest of the stream: an orderly end, not a broken connection.
    for (let part = await reader.read(); !part.done; part = await reader.read()) seen += part.value
    expect(seen).not.toContain('event: failed')
    const { code, stderr } = await stopping
    expect(code).toBe(0)
    expect(stderr).toContain('SIGTERM: ending what is under way')
    expect(stderr).toContain('service stopped')
    expect(stderr).not.toMatch(/unhandled|Error:/i)
    expect(await db.query('SELECT id FROM waiting_jobs')).toEqual([{ id: job }])
    await expect
      .poll(
        () =>
          db.query(
            `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'universes serve%'`,
          ),
        PATIENCE,
      )
      .toEqual([])
    await release()
    // The next one finds it and does it.
    const next = await serve()
    await expect.poll(() => db.query('SELECT id FROM waiting_jobs'), PATIENCE).toEqual([])
    expect(await db.query('SELECT status FROM sync_runs WHERE id = $1', [job])).toEqual([
      { status: 'completed' },
    ])
    expect((await next.stop('SIGINT')).code).toBe(0)
  })

  /** Starts a refresh that waits in its last step for a table that is locked here. */
  async function runUnderWay(url: string): Promise<{ job: string; release: () => Promise<void> }> {
    await setCloses(db, { UTL1: Math.random() * 1_000_000 })
    const client = await db.client()
    await client.query('BEGIN; LOCK TABLE cache_entries IN SHARE MODE')
    const job = await trigger(url)
    await expect
      .poll(
        async () => JSON.parse(await text(`${url}/api/processing/cache-sync/status/${job}`)) as object,
        PATIENCE,
      )
      .toMatchObject({ status: 'running', step: 'cache_and_events' })
    return { job, release: async () => void (await client.query('COMMIT')) }
  }

  it('waits for the run under way', async () => {
    const server = await serve()
    await ready(server.url)
    const { job, release } = await runUnderWay(server.url)
    const stopping = server.stop('SIGTERM')
    await server.waitFor(/SIGTERM: ending/)
    await release()
    expect((await stopping).code).toBe(0)
    expect(await db.query('SELECT status FROM sync_runs WHERE id = $1', [job])).toEqual([
      { status: 'completed' },
    ])
  })

  it('comes at once with a second signal; the job is not lost', async () => {
    const server = await serve()
    await ready(server.url)
    const { job, release } = await runUnderWay(server.url)
    server.child.kill('SIGTERM')
    await server.waitFor(/SIGTERM: ending/)
    expect((await server.stop('SIGTERM')).code).toBe(143)
    await release()
    await expect.poll(() => db.query('SELECT run_id FROM running_change()'), PATIENCE).toEqual([])
    // PostgreSQL may have ended the run before it noticed that nobody listens.
    const kept = 'SELECT id FROM waiting_jobs UNION ALL SELECT id FROM sync_runs WHERE id = $1'
    expect(await db.query(kept, [job])).toEqual([{ id: job }])
    await db.query('DELETE FROM sync_jobs')
  })

  it('comes while PostgreSQL and Redis are not there', async () => {
    const server = await serve(['--relay', '--redis-url', 'redis://127.0.0.1:1'], {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing',
    })
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503)
    const { code, stderr } = await server.stop()
    expect(code).toBe(0)
    expect(stderr).not.toMatch(/unhandled|Error:/i)
  })
})

describe('the log', () => {
  it('has a line for what changes something or fails, with key and action, and no secret', async () => {
    const redis = await startRedis()
    const [admin, read] = [createKey('operator-7', 'admin'), createKey('reader-7', 'read')]
    const url = new URL(db.url)
    url.password = 'pa55-of-postgres'
    const env = {
      UNIVERSES_API_KEYS: `${admin.entry},${read.entry}`,
      DATABASE_URL: url.href,
      REDIS_URL: redis.url.replace('//', '//default:pa55-of-redis@'),
      LOG_LEVEL: 'trace',
    }
    const server = await serve(['--relay', '--stream', 'log-test'], env)
    const send = (path: string, key: string, init: RequestInit = {}): Promise<Response> =>
      fetch(server.url + path, {
        ...init,
        headers: { 'x-api-key': key, cookie: 'pa55-cookie', ...init.headers },
      })
    await ready(server.url)
    const triggered = await send(TRIGGER, admin.key, { method: 'POST' })
    const { job_id } = (await triggered.json()) as { job_id: string }
    await send('/admin/cache/refresh', admin.key, { method: 'POST' })
    await send(TRIGGER, read.key, { method: 'POST' })
    await send('/metrics', 'uv_a-wrong-key')
    await send(`/metrics?key=${read.key}`, read.key)
    await send('/metrics', read.key)
    await send('/metrics', '', { headers: { authorization: `Bearer ${read.key}` } })
    await expect.poll(() => db.query('SELECT id FROM waiting_jobs'), PATIENCE).toEqual([])
    const { stderr, stdout } = await server.stop()

    for (const secret of [
      admin.key,
      read.key,
      'pa55',
      'uv_a-wrong-key',
      admin.entry.slice(-64),
      read.entry.slice(-64),
    ])
      expect(stderr + stdout).not.toContain(secret)
    const lines = stderr
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 30,
        key: 'operator-7',
        action: 'trigger',
        job: job_id,
        msg: 'refresh requested',
      }),
    )
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 30, key: 'operator-7', method: 'POST', path: '/admin/cache/refresh' }),
    )
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 30,
        status: 403,
        method: 'POST',
        path: TRIGGER,
        problem: 'insufficient-scope',
      }),
    )
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 30, status: 401, path: '/metrics', problem: 'unauthenticated' }),
    )
    // Reads that went well, and probes, are for whoever looks closely.
    const reads = lines.filter(({ path, status }) => path === '/metrics' && status === 200)
    expect(reads.length).toBeGreaterThan(0)
    for (const { level, key } of reads) expect({ level, key }).toEqual({ level: 20, key: 'reader-7' })
    expect(lines.filter(({ path, level }) => path === '/readyz' && Number(level) > 20)).toEqual([])
    const ofRequests = lines.filter(({ path, action }) => path !== undefined || action !== undefined)
    for (const { request } of ofRequests) expect(request).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('shows no key or password, should a library log what holds one', async () => {
    const lines = `logger.info({ headers: { 'x-api-key': 'secret-1', authorization: 'secret-2', host: 'shown' } });
      logger.info({ req: { headers: { 'x-api-key': 'secret-3', cookie: 'secret-4' } } });
      logger.info({ password: 'secret-5', options: { password: 'secret-6', connectionString: 'secret-7' } })`
    const module = pathToFileURL(join(packageRoot, 'dist', 'src', 'console', 'logger.js')).href
    const script = `const { logger } = await import('${module}'); ${lines}`
    const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
    expect(stderr).toContain('shown')
    expect(stderr).not.toContain('secret')
  })

  it('of an unexpected error says what it was, under the id that the client was told', async () => {
    const broken = await testDatabase(import.meta.url)
    await broken.query(
      `CREATE OR REPLACE FUNCTION run_statistics(p_environment text DEFAULT 'DEFAULT') RETURNS jsonb LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX001', MESSAGE = 'something inside'; END $$`,
    )
    const server = await serve([], { DATABASE_URL: broken.url })
    const response = await fetch(`${server.url}/api/processing/cache-sync/stats`)
    const body = await response.text()
    expect(response.status).toBe(500)
    expect(body).not.toContain('something inside')
    const { stderr } = await server.stop()
    const id = response.headers.get('x-request-id') ?? 'none'
    const line = stderr.split('\n').find((candidate) => candidate.includes(id)) ?? '{}'
    expect(JSON.parse(line)).toMatchObject({
      level: 50,
      status: 500,
      reason: 'something inside',
      err: { code: 'XX001', stack: expect.stringContaining('something inside') as string },
    })
  })
})
