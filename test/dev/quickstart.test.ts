import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { delimiter, join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import {
  redisUrl,
  removeFolder,
  runCli,
  spawnCli,
  temporaryFolder,
  type CliProcess,
} from '../support/index.js'

let folder: string

beforeAll(async () => {
  folder = await temporaryFolder()
})

afterAll(() => removeFolder(folder))

function quickstart(args: string[], env: Record<string, string> = {}): ReturnType<typeof runCli> {
  return runCli(['quickstart', '--directory', join(folder, 'postgres'), ...args], { env })
}

describe('the quick start', () => {
  test('runs the main job on the starter data and shows universes, the top ten and events', async () => {
    const { code, stdout } = await quickstart([])
    expect(code).toBe(0)
    expect(stdout).toMatch(/loaded symbols: \d{3} rows/)
    expect(stdout).toMatch(/^SECTOR +12 /m)
    expect(stdout).toMatch(/^MARKET_LEADERS +7 /m)
    expect(stdout).toMatch(/^ +1 +NVDA +[\d,]+ +information_technology/m)
    expect(stdout.match(/^ +\d+ +[A-Z]+ +[\d,]+ +\w+/gm)).toHaveLength(10)
    expect(stdout).toMatch(/events: \d+ universe_updated, 1 cache_sync_completed/)
    expect(stdout).toContain('npm run quickstart -- --stay')
  })

  test('a second run changes nothing, and REDIS_URL receives the events', async () => {
    const subscriber = new Redis(redisUrl())
    const received: string[] = []
    await subscriber.subscribe('tickstock:cache:sync_complete')
    subscriber.on('message', (_channel, message: string) => received.push(message))
    try {
      const { code, stdout } = await quickstart([], { REDIS_URL: redisUrl() })
      expect(code).toBe(0)
      expect(stdout).toMatch(/refreshed: 0 changes in 0 universes/)
      expect(stdout).toContain('published 1 events to Redis')
      expect(received).toHaveLength(1)
      expect(JSON.parse(received[0]!)).toMatchObject({
        event: 'cache_sync_completed',
        payload: { total_changes: 0 },
      })
    } finally {
      subscriber.disconnect()
    }
  })

  test('a bad file of one’s own is named with its line, and the rest is loaded', async () => {
    const data = join(folder, 'data')
    mkdirSync(data)
    writeFileSync(
      join(data, 'symbols.csv'),
      'symbol,name,type,market_cap\nAAA,A,CS,300000000000\nBBB,B,CS,much\n',
    )
    writeFileSync(join(data, 'spy_holdings.csv'), 'symbol,weight\nAAA,60\nBBB,40\n')
    const { code, stdout, stderr } = await quickstart(['--data', data])
    expect(code).toBe(1)
    expect(stderr).toContain('symbols.csv line 3, market_cap "much"')
    expect(stdout).toContain('loaded etfs: 2 rows from 1 file')
  })

  test('a folder without files is a usage error', async () => {
    const empty = join(folder, 'empty')
    const { code, stderr } = await quickstart(['--data', empty])
    expect(code).toBe(2)
    expect(stderr).toContain('no such folder')
  })
})

const started: CliProcess[] = []

// A killed quick start would leave its PostgreSQL behind.
afterEach(async () => {
  await Promise.all(started.splice(0).map((command) => command.stop('SIGINT')))
})

/** Starts the quick start with its service; resolves when it answers. */
async function serving(
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<{ command: CliProcess; url: string; database: string }> {
  const command = spawnCli(['quickstart', '--directory', join(folder, 'postgres'), '--serve', ...args], {
    env,
  })
  started.push(command)
  const [, url] = await command.waitFor(/the API +(http:\S+)\/openapi\.json/)
  const [, database] = await command.waitFor(/PostgreSQL +(postgres:\S+)/)
  return { command, url: url!, database: database! }
}

function listens(port: number): Promise<Server | undefined> {
  const server = createServer()
  return new Promise((answer) => {
    server.once('error', () => answer(undefined))
    server.listen(port, '127.0.0.1', () => answer(server))
  })
}

/** True if no server answers there. */
async function isGone(url: string): Promise<boolean> {
  const server = await listens(Number(new URL(url).port))
  server?.close()
  return server !== undefined
}

async function triggerDryRun(url: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/api/processing/cache-sync/trigger`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"dry_run": true}',
  })
  return (await answer.json()) as Record<string, unknown>
}

describe('the quick start with --serve', () => {
  test('serves page and API where 8080 is taken, counts the events, and Ctrl-C ends everything', async () => {
    const neighbour = await listens(8080)
    const { command, url, database } = await serving()
    neighbour?.close()
    expect(new URL(url).port).not.toBe('8080')
    const page = await fetch(`${url}/admin/historical-data`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toContain('text/html')
    const members = await fetch(`${url}/api/universes/MARKET_LEADERS/top_10_stocks/members`)
    expect(((await members.json()) as { members: { symbol: string }[] }).members[0]?.symbol).toBe('NVDA')
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect(await triggerDryRun(url)).toMatchObject({ success: true })
    await command.waitFor(/^events: 1 cache_sync_triggered/m)
    const { code, stdout, stderr } = await command.stop('SIGINT')
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('unhandled') as string,
    })
    expect(stdout).toContain(`the page      ${url}/admin/historical-data`)
    expect(await isGone(url)).toBe(true)
    expect(await isGone(database)).toBe(true)
  })

  test('relays to Redis, with a stream, when REDIS_URL is set', async () => {
    const stream = `universes:quickstart:${process.pid}`
    const client = new Redis(redisUrl())
    try {
      const { command, url } = await serving(['--port', '0', '--stream', stream], { REDIS_URL: redisUrl() })
      const { job_id } = await triggerDryRun(url)
      const texts = async (): Promise<string> => JSON.stringify(await client.xrange(stream, '-', '+'))
      await expect.poll(texts, { timeout: 60_000 }).toContain(String(job_id))
      expect(command.stdout()).toContain('events to Redis')
      expect((await command.stop('SIGINT')).code).toBe(0)
    } finally {
      await client.del(stream)
      client.disconnect()
    }
  })

  test('a port that was asked for and is taken is named, and PostgreSQL is stopped', async () => {
    const neighbour = (await listens(0))!
    const { port } = neighbour.address() as { port: number }
    const { code, stderr } = await quickstart(['--serve', '--port', String(port)])
    neighbour.close()
    expect(code).toBe(1)
    expect(stderr).toContain(String(port))
    expect(existsSync(join(folder, 'postgres', 'PG_VERSION'))).toBe(true)
    expect(existsSync(join(folder, 'postgres', 'postmaster.pid'))).toBe(false)
  })

  test('options that would do nothing are usage errors', async () => {
    const outcomes = await Promise.all([
      quickstart(['--port', '8090']),
      quickstart(['--serve', '--port', 'eighty']),
      quickstart(['--serve', '--stream', 'universes:events']),
    ])
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2, 2])
    expect(outcomes[0].stderr).toContain('Add --serve')
    expect(outcomes[1].stderr).toContain('"eighty" is not a port')
    expect(outcomes[2].stderr).toContain('Set REDIS_URL')
  })
})

/** The quick start on a terminal, whose browser writes down what it is asked to open. Ctrl-C is typed. */
async function onTerminal(args: string[]): Promise<{ output: string; opened: string; code: number | null }> {
  const bin = mkdtempSync(join(folder, 'bin-'))
  const opened = join(bin, 'opened')
  for (const browser of ['xdg-open', 'open']) {
    writeFileSync(join(bin, browser), `#!/bin/sh\necho "$1" > ${opened}\n`)
    chmodSync(join(bin, browser), 0o755)
  }
  const program = join(packageRoot, 'dist', 'src', 'cli', 'index.js')
  const command = [
    process.execPath,
    program,
    'quickstart',
    '--directory',
    join(folder, 'postgres'),
    '--serve',
    '--port',
    '0',
  ]
  const terminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'
  const child = spawn('python3', ['-c', terminal, ...command, ...args], {
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}`, DISPLAY: ':99', NO_COLOR: '1' },
  })
  let output = ''
  let asked = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (asked || !output.includes('In another terminal')) return
    asked = true
    const opens = !args.includes('--no-open')
    const look = (): unknown =>
      opens && !existsSync(opened) ? setTimeout(look, 50) : child.stdin.write('\x03')
    look()
  })
  const code = await new Promise<number | null>((done) => child.once('close', done))
  return { output, code, opened: existsSync(opened) ? readFileSync(opened, 'utf8').trim() : '' }
}

describe('the quick start on a terminal', () => {
  test('opens the page in the browser', async () => {
    const { output, opened, code } = await onTerminal([])
    expect(opened, output).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/admin\/historical-data$/)
    expect(output).toContain(opened)
    expect(code).toBe(0)
  })

  test('leaves the browser alone with --no-open', async () => {
    const { opened, code } = await onTerminal(['--no-open'])
    expect({ opened, code }).toEqual({ opened: '', code: 0 })
  })
})
