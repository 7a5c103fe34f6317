import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { redisUrl, runCli } from './support/index.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'universes-quickstart-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

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
