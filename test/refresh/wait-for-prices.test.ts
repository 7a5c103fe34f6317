import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { UniversesError } from '../../src/errors.js'
import { waitForPrices, type PricesIn } from '../../src/operations/wait-for-prices.js'
import { migrateUp } from '../../src/database/migrate.js'
import {
  marketDir,
  runCli,
  spawnCli,
  startPostgres,
  temporaryFolder,
  testDatabase,
  type CliProcess,
  type CliResult,
  type TestDatabase,
} from '../support/index.js'
import { loadWholeMarket } from './market.js'

let db: TestDatabase

beforeEach(async () => {
  db = await testDatabase(import.meta.url)
})

/** A Friday, the Thursday before it, and Monday; all in the past, since the future is refused. */
const MONDAY = '2026-03-02'
const THURSDAY = '2026-03-05'
const FRIDAY = '2026-03-06'

/** `count` stocks named S1, S2, ... */
async function list(count: number, from = 1): Promise<void> {
  await db.query(
    `INSERT INTO symbols (symbol, type, weighted_shares_outstanding)
     SELECT 'S' || n, CASE WHEN n % 7 = 0 THEN 'ADRC' ELSE 'CS' END, 1e6 FROM generate_series($2::integer, $1::integer) AS n`,
    [count, from],
  )
}

/** Prices of one day for S1 to S<count>. */
async function price(day: string, count: number, close = 10): Promise<void> {
  await db.query(
    `INSERT INTO ohlcv_daily (symbol, date, close) SELECT 'S' || n, $1::date, $3::numeric FROM generate_series(1, $2::integer) AS n
     ON CONFLICT (symbol, date) DO UPDATE SET close = EXCLUDED.close`,
    [day, count, close],
  )
}

async function look(day: string): Promise<Record<string, unknown>> {
  const [row] = await db.query(
    'SELECT is_in, priced::integer, stocks::integer, needed::integer, percent::integer, last_day::text FROM prices_in($1)',
    [day],
  )
  return row!
}

const wait = (day: string, ...args: string[]): string[] => [
  'refresh',
  '--wait-for-prices',
  day,
  '--poll',
  '0.1',
  ...args,
]
const universes = (...args: string[]): Promise<CliResult> => runCli(args, { env: { DATABASE_URL: db.url } })
const start = (...args: string[]): CliProcess => spawnCli(args, { env: { DATABASE_URL: db.url } })
const runs = async (): Promise<number> => (await db.query('SELECT FROM sync_runs')).length

describe('prices_in', () => {
  it('counts the stocks that had a price in the week before, against the setting', async () => {
    await list(100)
    await price(THURSDAY, 80)
    await price(FRIDAY, 71)
    const answer = { is_in: false, priced: 71, stocks: 80, needed: 72, percent: 90, last_day: THURSDAY }
    expect(await look(FRIDAY)).toEqual(answer)
    await price(FRIDAY, 72)
    expect(await look(FRIDAY)).toEqual({ ...answer, is_in: true, priced: 72 })
    await db.query(`UPDATE settings SET value = 95 WHERE name = 'prices_in_percent'`)
    expect(await look(FRIDAY)).toEqual({ ...answer, priced: 72, needed: 76, percent: 95 })
  })

  it('does not wait for what is inactive, no stock, or has not traded for a week', async () => {
    await list(20)
    await price('2026-02-20', 20)
    await price(THURSDAY, 10)
    await db.query(
      `UPDATE symbols SET active = false WHERE symbol = 'S1'; UPDATE symbols SET type = 'ETF' WHERE symbol = 'S2'`,
    )
    expect(await look(FRIDAY)).toMatchObject({ stocks: 8, last_day: THURSDAY })
  })

  it('takes no price that is none: empty, or zero', async () => {
    await list(3)
    await price(THURSDAY, 3)
    await price(FRIDAY, 3)
    await db.query(`UPDATE ohlcv_daily SET close = NULL WHERE symbol = 'S1' AND date = '${FRIDAY}'`)
    await db.query(`UPDATE ohlcv_daily SET close = 0 WHERE symbol = 'S2' AND date = '${FRIDAY}'`)
    expect(await look(FRIDAY)).toMatchObject({ is_in: false, priced: 1, stocks: 3 })
  })

  it('is not deceived by an import that broke off the day before, nor by a stray price of a weekend', async () => {
    await list(100)
    await price(THURSDAY, 100)
    await price(FRIDAY, 5)
    expect(await look('2026-03-09')).toMatchObject({ stocks: 100, last_day: FRIDAY })
    await price('2026-03-07', 1)
    await price('2026-03-09', 5)
    expect(await look('2026-03-09')).toMatchObject({ is_in: false, stocks: 100, last_day: '2026-03-07' })
  })

  it('waits for every active stock on the first day, and for nothing in an empty market', async () => {
    expect(await look(FRIDAY)).toMatchObject({ is_in: false, stocks: 0, last_day: null })
    await list(10)
    await price(FRIDAY, 8)
    expect(await look(FRIDAY)).toMatchObject({ is_in: false, priced: 8, stocks: 10, last_day: null })
    await price(FRIDAY, 9)
    expect(await look(FRIDAY)).toMatchObject({ is_in: true })
  })

  it('reads neither all prices nor all days, though nothing was ever analyzed', async () => {
    await list(500)
    await db.query(
      `INSERT INTO ohlcv_daily (symbol, date, close)
       SELECT 'S' || n, d, 10 FROM generate_series('2024-01-01', '${THURSDAY}', interval '1 day') AS d, generate_series(1, 500) AS n`,
    )
    const client = await db.client()
    await client.query('BEGIN')
    await client.query(`SELECT * FROM prices_in('${FRIDAY}')`)
    const { rows } = await client.query<{ read: string }>(
      `SELECT (seq_tup_read + idx_tup_fetch)::text AS read FROM pg_stat_xact_user_tables WHERE relname = 'ohlcv_daily'`,
    )
    await client.query('ROLLBACK')
    // 397,500 rows are stored; a price of the week for each stock is what has to be read.
    expect(Number(rows[0]?.read)).toBeLessThan(10_000)
  })

  it('knows a whole market', async () => {
    await loadWholeMarket(db, marketDir())
    const answer = await look('2026-08-24')
    expect(answer).toMatchObject({ is_in: false, priced: 0, last_day: '2026-08-21' })
    expect(answer['stocks']).toBeGreaterThan(500)
    const [{ stocks }] = (await db.query(
      `SELECT count(*)::integer AS stocks FROM symbols AS s JOIN ohlcv_daily AS o USING (symbol)
       WHERE s.active AND s.type IN ('CS', 'ADRC') AND o.close > 0`,
    )) as [{ stocks: number }]
    expect(answer['stocks']).toBe(stocks)
  })
})

describe('universes refresh --wait-for-prices', () => {
  it('refreshes at once when they are in', async () => {
    await list(10)
    await price(THURSDAY, 10)
    await price(FRIDAY, 10)
    const { code, stdout, stderr } = await universes(...wait(FRIDAY, '--verbose'))
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(
      /^prices of 2026-03-06: 10 of 10 stocks have one, 90 percent needed\n1\/5 market_caps: /,
    )
    expect(stdout).toContain('made ')
    expect(await runs()).toBe(1)
  })

  it('waits while another process loads them, then refreshes with them', async () => {
    await list(200)
    await price(THURSDAY, 200)
    const folder = await temporaryFolder()
    const file = async (count: number): Promise<string> => {
      const path = join(folder, `prices_${count}.csv`)
      const rows = Array.from({ length: count }, (_, n) => `S${n + 1},${FRIDAY},50\n`)
      await writeFile(path, `symbol,date,close\n${rows.join('')}`)
      return path
    }
    const waiting = start(...wait(FRIDAY, '--verbose'))
    await waiting.waitFor(/waiting for prices of 2026-03-06: 0 of 200 stocks/)
    expect(await universes('load', 'prices', await file(100))).toMatchObject({ code: 0 })
    await waiting.waitFor(/waiting for prices of 2026-03-06: 100 of 200 stocks/)
    expect(await runs()).toBe(0)
    expect(await universes('load', 'prices', await file(190))).toMatchObject({ code: 0 })
    const { code, stderr } = await waiting.finished
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('prices of 2026-03-06: 190 of 200 stocks have one')
    const caps = await db.query<{ n: string }>('SELECT count(*) AS n FROM symbols WHERE market_cap = 50e6')
    expect(Number(caps[0]!.n)).toBe(190)
  })

  it('exits 1 when they are not in, says how many are missing and what to do, and refreshes nothing', async () => {
    await list(5567)
    await price(THURSDAY, 5567)
    await price(FRIDAY, 12)
    const { code, stdout, stderr } = await universes(...wait(FRIDAY, '--timeout', '0.3'))
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain(
      'error: prices of 2026-03-06 are not in: 12 of 5,567 stocks have one, 90 percent needed\n' +
        'detail: Waited 0.3 seconds. The last day before with prices is 2026-03-05.\nremedy: See whether the import has run',
    )
    expect(await runs()).toBe(0)
  })

  it('says so when there is no stock at all', async () => {
    const { code, stderr } = await universes(...wait(FRIDAY, '--timeout', '0'))
    expect(code).toBe(1)
    expect(stderr).toContain(
      'are not in: symbols lists no active stock\ndetail: Waited 0 seconds. No day before has prices.',
    )
  })

  it.each([
    ['today', /'today' is not a day/, /Write it like \d{4}-\d\d-\d\d\./],
    ['2026-02-30', /'2026-02-30' is not a day/, /Write it like/],
    ['20260306', /is not a day/, /Write it like/],
    ['2026-03-07', /2026-03-07 is a Saturday: no price of that day will come/, /the last one was 2026-03-06/],
    ['2026-03-08', /2026-03-08 is a Sunday/, /the last one was 2026-03-06/],
    ['2098-03-07', /2098-03-07 is in the future/, /the last one was \d{4}-\d\d-\d\d, unless/],
  ])('refuses %s at once, exit code 2', async (day, problem, remedy) => {
    const { code, stderr } = await universes(...wait(day))
    expect(code).toBe(2)
    expect(stderr).toMatch(problem)
    expect(stderr).toMatch(remedy)
    expect(await runs()).toBe(0)
  })

  it.each([
    [['--timeout', '5']],
    [['--wait-for-prices', FRIDAY, '--timeout', 'soon']],
    [['--wait-for-prices', FRIDAY, '--timeout', '-1']],
    [['--wait-for-prices', FRIDAY, '--poll', '0']],
    [['--wait-for-prices']],
  ])('refuses wrong usage, exit code 2: %s', async (args) => {
    expect(await universes('refresh', ...args)).toMatchObject({ code: 2, stdout: '' })
  })

  it('ends with Ctrl-C, and leaves no connection', async () => {
    await list(10)
    const waiting = start(...wait(FRIDAY, '--verbose'))
    await waiting.waitFor(/waiting for prices/)
    const { code, signal } = await waiting.stop('SIGINT')
    expect(code === 130 || signal === 'SIGINT').toBe(true)
    const left = (): Promise<unknown[]> =>
      db.query(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'universes wait for prices' AND datname = current_database()`,
      )
    await expect.poll(left, { timeout: 10_000 }).toEqual([])
    expect(await runs()).toBe(0)
  })

  it('fails at once when nobody answers from the beginning', async () => {
    const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
    const { code, stderr } = await runCli(wait(FRIDAY), { env })
    expect(code).toBe(1)
    expect(stderr).toContain('cannot connect to PostgreSQL')
  })
})

describe('waitForPrices', () => {
  it('survives a restart of PostgreSQL', async () => {
    const server = await startPostgres()
    await migrateUp({ url: server.url, schema: 'public' })
    const load = async (sql: string): Promise<void> => {
      const { default: pg } = await import('pg')
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      await client.query(sql)
      await client.end()
    }
    await load(`INSERT INTO symbols (symbol, type) VALUES ('A', 'CS'), ('B', 'CS');
                INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('A', '${THURSDAY}', 1), ('B', '${THURSDAY}', 1)`)
    const seen: (PricesIn | UniversesError)[] = []
    const waiting = waitForPrices({
      url: server.url,
      schema: 'public',
      day: FRIDAY,
      pollMs: 50,
      onLook: (answer) => seen.push(answer),
    })
    const isLost = (answer: PricesIn | UniversesError): boolean => answer instanceof Error
    await expect.poll(() => seen.length, { timeout: 30_000 }).toBeGreaterThan(0)
    await server.stop()
    await expect.poll(() => seen.some(isLost), { timeout: 30_000 }).toBe(true)
    await server.restart()
    await load(
      `INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('A', '${FRIDAY}', 1), ('B', '${FRIDAY}', 1)`,
    )
    expect(await waiting).toMatchObject({ is_in: true, priced: 2, stocks: 2 })
  })

  it('says that it does not know when the server is away at the end', async () => {
    const server = await startPostgres()
    await migrateUp({ url: server.url, schema: 'public' })
    let looks = 0
    const waiting = waitForPrices({
      url: server.url,
      schema: 'public',
      day: MONDAY,
      pollMs: 50,
      timeoutMs: 8_000,
      onLook: () => (looks += 1),
    }).catch((thrown: unknown) => thrown as UniversesError)
    await expect.poll(() => looks, { timeout: 30_000 }).toBeGreaterThan(0)
    await server.stop()
    expect(await waiting).toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(
        /^whether the prices of 2026-03-02 are in is not known: cannot connect/,
      ) as string,
    })
  })

  it('ends when its signal says so, and fails at once for what waiting does not mend', async () => {
    await list(3)
    const stop = new AbortController()
    const waiting = waitForPrices({
      url: db.url,
      schema: 'public',
      day: FRIDAY,
      signal: stop.signal,
      onLook: () => stop.abort(new Error('enough')),
    })
    await expect(waiting).rejects.toThrow('enough')
    let looks = 0
    const missing = waitForPrices({
      url: db.url,
      schema: 'public',
      day: FRIDAY,
      pollMs: 10,
      onLook: () => {
        looks += 1
        if (looks === 1) void db.query('DROP FUNCTION prices_in(date)')
      },
    })
    await expect(missing).rejects.toMatchObject({ code: '42883' })
  })
})
