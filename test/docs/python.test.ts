import { Redis } from 'ioredis'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../src/package.js'
import { until } from '../relay/support.js'
import { readDocument } from './document.js'
import { openStage, STREAM, type Stage } from './stage.js'

const document = readDocument(join(packageRoot, 'docs', 'TickStockAppV2_integration_callback.md'))
let stage: Stage
let client: Redis

beforeAll(async () => {
  stage = await openStage(import.meta.url)
  client = new Redis(stage.redis.url, { retryStrategy: () => 100, maxRetriesPerRequest: null })
  client.on('error', () => undefined)
  for (const { kind, words, text } of document.blocks)
    if (kind === 'file') stage.workplace.save(words[0]!, text)
})

afterAll(async () => {
  client?.disconnect()
  await stage?.close()
})

/** A reader of messages, as a program of the app; it prints the seq of each, and the gaps. */
function reader(lastSeq: number): { seqs(): number[]; printed(): string; end(): Promise<void> } {
  const script = `python3 -uc "
from universes_messages import Messages
for message in Messages(last_seq=${lastSeq}):
    print(message['seq'] if 'seq' in message else 'gap after %(after)s before %(before)s' % message)"`
  let printed = ''
  let ending = false
  const stopped = stage.workplace.run(script, (text) => {
    printed = text
    return ending
  })
  return {
    seqs: () => [...printed.matchAll(/^\d+$/gm)].map(Number),
    printed: () => printed,
    end: async () => {
      ending = true
      // The next thing that it prints is its last.
      await publish(1)
      await stopped
    },
  }
}

async function publish(count: number): Promise<number[]> {
  const rows = await stage.db.query<{ seq: string }>(
    `SELECT publish_event('universe_updated', '{"n": 1}') AS seq FROM generate_series(1, $1::integer)`,
    [count],
  )
  return rows.map(({ seq }) => Number(seq))
}

async function lastSeq(): Promise<number> {
  const [row] = await stage.db.query<{ seq: string }>('SELECT max(seq) AS seq FROM universe_events')
  return Number(row!.seq)
}

test('a reader misses nothing when its connections break, and repeats nothing', async () => {
  const start = await lastSeq()
  const messages = reader(start)
  const all: number[] = []
  for (let round = 0; round < 5; round += 1) {
    all.push(...(await publish(200)))
    await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    all.push(...(await publish(200)))
    await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  }
  await until(() => messages.seqs().length >= all.length)
  expect(messages.seqs()).toEqual(all)
  await messages.end()
})

test('a reader that starts again goes on behind its last message', async () => {
  const start = await lastSeq()
  const all = await publish(1_500)
  const messages = reader(start)
  await until(() => messages.seqs().length >= all.length)
  expect(messages.seqs()).toEqual(all)
  await messages.end()
})

test('without a last message a reader begins with what comes next', async () => {
  await publish(3)
  const before = await lastSeq()
  const script = `python3 -uc "
from universes_messages import Messages
messages = Messages()
for message in messages:
    print(message['seq'])"`
  let seen = ''
  const stopped = stage.workplace.run(script, (text) => (seen = text) !== '')
  const more: number[] = []
  while (seen === '') more.push(...(await publish(1)))
  await stopped
  expect(Number(/^\d+/.exec(seen)![0])).toBeGreaterThan(before)
  expect(more).toContain(Number(/^\d+/.exec(seen)![0]))
})

test('a Redis that has lost its data: the reader says which messages are gone, and goes on', async () => {
  await until(async () => (await client.xlen(STREAM)) > 0)
  const start = await lastSeq()
  const lost = await publish(5)
  await until(
    async () => (await stage.db.query('SELECT 1 FROM unpublished_events WHERE events > 0')).length === 0,
  )
  await stage.redis.start()
  const kept = await publish(5)
  const messages = reader(start)
  await until(() => messages.seqs().length >= kept.length)
  expect(messages.printed().split('\n')[0]).toBe(`gap after ${start} before ${lost.at(-1)! + 1}`)
  expect(messages.seqs()).toEqual(kept)
  await messages.end()
})

test('a reader lives through a restart of Redis', async () => {
  const start = await lastSeq()
  const messages = reader(start)
  const first = await publish(3)
  await until(() => messages.seqs().length >= 3)
  await stage.redis.stop()
  const meanwhile = await publish(3)
  await stage.redis.start()
  await until(() => messages.seqs().length >= 6)
  expect(messages.seqs()).toEqual([...first, ...meanwhile])
  expect(messages.printed()).not.toContain('gap')
  await messages.end()
})

test('a follower of a run lives through a restart of the service, and sees every event once', async () => {
  const lock = await stage.db.client()
  await lock.query(`BEGIN; SELECT lock_universes('the test')`)
  const { job_id: jobId } = await stage.call('/api/processing/cache-sync/trigger', {})
  let printed = ''
  const followed = stage.workplace.run(
    `python3 -uc "
from universes_client import Universes
for event, data in Universes().progress('${String(jobId)}'):
    print(event, data['status'])"`,
    (text) => {
      printed = text
      return false
    },
  )
  await until(() => printed.includes('triggered'))
  await stage.restart()
  await lock.query('ROLLBACK')
  const { code, stdout, stderr } = await followed
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.match(/triggered/g)).toHaveLength(1)
  expect(stdout.trim().split('\n').at(-1)).toBe('completed completed')
})

test('members after a message are those that the message tells of', async () => {
  const script = `python3 -uc "
from universes_client import Universes
from universes_messages import Messages
universes = Universes()
universes.members('MARKET_CAP', 'mega_cap')
for message in Messages(last_seq=${await lastSeq()}):
    if message['event'] == 'universe_updated' and message['payload']['universe'] == 'mega_cap':
        print(len(universes.members_after(message)), message['payload']['count'])"`
  let printed = ''
  const stopped = stage.workplace.run(script, (text) => (printed = text).split('\n').length > 10)
  for (let round = 0; round < 10; round += 1) {
    await stage.db.query(`UPDATE market_cap_bands SET min_market_cap = $1 WHERE name = 'mega_cap'`, [
      round % 2 === 0 ? 150e9 : 200e9,
    ])
    await stage.run()
  }
  await stopped
  expect(printed.trim().split('\n')).toEqual(Array.from({ length: 5 }, () => ['80 80', '55 55']).flat())
})

test('members of a universe of several pages are complete', async () => {
  await stage.db.query(
    `INSERT INTO symbols (symbol, name, type, active, weighted_shares_outstanding)
     SELECT 'T' || n, 'Test ' || n, 'CS', true, 1000000 FROM generate_series(1, 10500) AS n`,
  )
  await stage.run()
  const { stdout } = await stage.workplace.run(`python3 -c "
from universes_client import Universes
symbols = Universes().members('COMPLETE', 'all_stocks')
print(len(symbols), len(set(symbols)))"`)
  expect(stdout).toBe('10868 10868\n')
})

test('an error carries status, problem and remedy', async () => {
  const { stdout } = await stage.workplace.run(`python3 -c "
from universes_client import Universes, UniversesError
try:
    Universes().members('THEME', 'ai_ml_leader')
except UniversesError as error:
    print(error.status, error.problem['code'], error)"`)
  expect(stdout).toContain('404 UV003 404 Not found: no theme is named ai_ml_leader')
  expect(stdout).toContain('ai_ml_leaders')
})

test('an upload through the client', async () => {
  const { stdout, stderr } = await stage.workplace.run(`printf 'symbol\\nAAPL\\n' > my_list.csv
python3 -c "
from universes_client import Universes, UniversesError
universes = Universes()
print(universes.load('my_list.csv', kind='universes', dry_run=True)['changes'][0]['added_symbols'])
open('spy_holdings.csv', 'w').write('symbol,weight\\nAAPL,much\\n')
try:
    universes.load('spy_holdings.csv')
except UniversesError as error:
    print(error.status, error.problem['files'][0]['problem']['line'])"`)
  expect(stderr).toBe('')
  expect(stdout).toBe("['AAPL']\n422 2\n")
})
