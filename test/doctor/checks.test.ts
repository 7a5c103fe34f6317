import { beforeAll, describe, expect, it } from 'vitest'
import { completed } from '../refresh/market.js'
import { onServer, testDatabase, type TestDatabase } from '../support/test-database.js'
import { findingOf, makeHealthy, pasteSql } from './support.js'

let db: TestDatabase

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await makeHealthy(db)
})

const check = (name: string, url = db.url) => findingOf(url, name)
const passes = { status: 'PASS', problems: [] }

describe('triggers', () => {
  it('a disabled and a missing one mean changes that go unseen; the remedy puts them back', async () => {
    await db.query(
      `ALTER TABLE ohlcv_daily DISABLE TRIGGER universes_price_updated;
       DROP TRIGGER universes_symbol_updated ON symbols`,
    )
    const found = await check('triggers')
    expect(found).toMatchObject({
      status: 'FAIL',
      summary: expect.stringMatching(/^2 of \d+ do not fire$/) as string,
    })
    expect(found.problems.map(({ problem, remedy }) => [problem, remedy.split('\n')])).toEqual([
      [
        'trigger universes_price_updated of ohlcv_daily is disabled: changes go unseen',
        [
          'ALTER TABLE public.ohlcv_daily ENABLE TRIGGER universes_price_updated;',
          'universes refresh --force',
        ],
      ],
      [
        'trigger universes_symbol_updated of symbols is missing: changes go unseen',
        [
          'CREATE TRIGGER universes_symbol_updated AFTER UPDATE ON public.symbols REFERENCING OLD TABLE AS old_rows' +
            ' NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION universes.track_symbol_changes();',
          'universes refresh --force',
        ],
      ],
    ])
    for (const { remedy } of found.problems) await pasteSql(db, remedy)
    expect(await check('triggers')).toMatchObject(passes)
    expect(await check('drift')).toMatchObject(passes)
  })

  it('do not fire for a role that replicates', async () => {
    await db.query(`ALTER DATABASE ${db.name} SET session_replication_role = replica`)
    const found = await check('triggers')
    expect(found.problems[0]!.problem).toMatch(
      /^session_replication_role is replica: no trigger fires for role \w+$/,
    )
    await db.query(`ALTER DATABASE ${db.name} RESET session_replication_role`)
    expect(await check('triggers')).toMatchObject(passes)
  })
})

describe('price-indexes', () => {
  it('missing ones are named with the statement that makes them', async () => {
    await db.query(
      'DROP INDEX universes_prices_date; ALTER TABLE ohlcv_daily DROP CONSTRAINT ohlcv_daily_pkey',
    )
    const found = await check('price-indexes')
    expect(found.problems).toMatchObject([
      {
        status: 'FAIL',
        problem: expect.stringContaining('ohlcv_daily has no unique index on (symbol, date)') as string,
        remedy: 'CREATE UNIQUE INDEX CONCURRENTLY universes_prices_key ON public.ohlcv_daily (symbol, date);',
      },
      {
        status: 'WARN',
        problem: expect.stringContaining('ohlcv_daily has no index that begins with date') as string,
        remedy: 'CREATE INDEX CONCURRENTLY universes_prices_date ON public.ohlcv_daily (date);',
      },
    ])
    expect(await check('drift'), 'said once').toMatchObject(passes)
    for (const { remedy } of found.problems) await pasteSql(db, remedy)
    expect(await check('price-indexes')).toMatchObject({
      ...passes,
      summary: '(symbol, date) by universes_prices_key, date by universes_prices_date',
    })
  })

  it('one that was not finished does not count', async () => {
    await db.query('CREATE TABLE twice AS SELECT 1 AS n; DROP INDEX universes_prices_date')
    await db.query(
      `INSERT INTO ohlcv_daily (symbol, date, close) VALUES ('TEC1', '2020-01-02', 1), ('TEC2', '2020-01-02', 1)`,
    )
    await expect(
      db.query('CREATE UNIQUE INDEX CONCURRENTLY universes_prices_date ON ohlcv_daily (date)'),
    ).rejects.toMatchObject({ code: '23505' })
    const found = await check('price-indexes')
    expect(found.problems.map(({ remedy }) => remedy)).toEqual([
      'CREATE INDEX CONCURRENTLY universes_prices_date ON public.ohlcv_daily (date);',
      'DROP INDEX CONCURRENTLY public.universes_prices_date;',
    ])
    for (const { remedy } of found.problems.reverse()) await pasteSql(db, remedy)
    expect(await check('price-indexes')).toMatchObject(passes)
  })
})

describe('settings', () => {
  it('a timeout shorter than a refresh is found with its remedy', async () => {
    await db.query(`ALTER DATABASE ${db.name} SET statement_timeout = '5s'`)
    await db.query(`ALTER DATABASE ${db.name} SET idle_in_transaction_session_timeout = '1min'`)
    const found = await check('settings')
    const timeouts = found.problems.filter(({ problem }) => problem.includes('timeout'))
    expect(timeouts.map(({ status, problem }) => [status, problem])).toEqual([
      [
        'WARN',
        'idle_in_transaction_session_timeout is 1 min 0 s: a load whose file comes slowly would be cut off',
      ],
      ['FAIL', 'statement_timeout is 5.00 s: a refresh is one statement and would be cut off'],
    ])
    expect(timeouts[1]!.remedy).toMatch(
      /^ALTER ROLE \w+ IN DATABASE "universes_test_\w+" SET statement_timeout = 0;$/,
    )
    for (const { remedy } of timeouts) await pasteSql(db, remedy)
    expect((await check('settings')).summary).toBe('UTF8, no timeouts')
  })

  it('another encoding is found', async () => {
    const name = `${db.name}_latin`
    await onServer(db.url, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`)
    try {
      const found = await check('settings', db.url.replace(db.name, name))
      expect(found.problems.map(({ problem }) => problem)).toContainEqual(
        'the database is encoded in LATIN1: names of companies outside it cannot be loaded',
      )
    } finally {
      await onServer(db.url, `DROP DATABASE ${name}`)
    }
  })
})

describe('statistics', () => {
  it('a large table that was never analyzed is found', async () => {
    // Its connection ends: what it changed is counted at once.
    await onServer(
      db.url,
      `ALTER TABLE ohlcv_daily SET (autovacuum_enabled = false);
       INSERT INTO ohlcv_daily (symbol, date, close)
       SELECT 'TEC1', '1900-01-01'::date + n, 1 FROM generate_series(1, 30000) AS n`,
    )
    await expect
      .poll(() => check('statistics'), { timeout: 30_000 })
      .toMatchObject({
        status: 'WARN',
        problems: [
          {
            problem: expect.stringMatching(
              /^public\.ohlcv_daily: 30,\d{3} changes since it was analyzed with 6\d rows$/,
            ) as string,
            remedy: 'ANALYZE public.ohlcv_daily;',
          },
        ],
      })
    await db.query('ANALYZE public.ohlcv_daily')
    expect(await check('statistics')).toMatchObject(passes)
  })
})

describe('lock', () => {
  it('whoever has it is named, and told off when it takes too long', async () => {
    const client = await db.client()
    await client.query(`SET application_name = 'night shift'; BEGIN; SELECT lock_universes('the test')`)
    expect(await check('lock')).toMatchObject({
      ...passes,
      summary: expect.stringMatching(
        /^held for 0\.0 minutes by process \d+ \(night shift, role \w+.*, idle in transaction\)$/,
      ) as string,
    })
    await db.query(`UPDATE settings SET value = 0 WHERE name = 'alert_run_minutes'`)
    const { problems } = await check('lock')
    expect(problems).toMatchObject([
      { status: 'WARN', problem: 'a transaction that does nothing keeps every refresh and load out' },
    ])
    await client.query('ROLLBACK')
    expect(await check('lock')).toMatchObject({ ...passes, summary: 'no refresh or load is running' })
  })
})

describe('last-refresh', () => {
  it('never, long ago, and failed are three findings', async () => {
    const fresh = await testDatabase(import.meta.url)
    expect(await check('last-refresh', fresh.url)).toMatchObject({
      status: 'WARN',
      summary: 'environment DEFAULT was never refreshed',
      problems: [{ remedy: 'universes refresh' }],
    })
    await completed(fresh)
    await fresh.query(`UPDATE sync_runs SET started_at = now() - interval '5 days'`)
    expect(await check('last-refresh', fresh.url)).toMatchObject({
      status: 'WARN',
      summary: '5 days ago, by test: 0 changes',
      problems: [{ problem: 'no full refresh for more than 4 days' }],
    })
    await fresh.query('DROP VIEW market_ranking CASCADE')
    await fresh.query(`SELECT refresh_universes(p_force => true)`)
    expect(await check('last-refresh', fresh.url)).toMatchObject({
      status: 'FAIL',
      summary: expect.stringMatching(/^the last full refresh failed \d+ seconds ago, by \w+$/) as string,
      problems: [
        {
          problem: expect.stringMatching(
            /^42P01 relation "\w+" does not exist: the universes are as they were/,
          ) as string,
        },
      ],
    })
    expect(await check('drift', fresh.url)).toMatchObject({ status: 'FAIL' })
  })
})

describe('events', () => {
  it('nobody who publishes, and events that have waited too long', async () => {
    const fresh = await testDatabase(import.meta.url)
    await fresh.query(`SELECT publish_event('alert', '{"n": 1}', NULL)`)
    expect(await check('events', fresh.url)).toMatchObject({
      status: 'WARN',
      summary: expect.stringMatching(
        /^1 event waits, the oldest for \d+ seconds; no relay is connected$/,
      ) as string,
      problems: [{ problem: 'events wait and nobody publishes them' }],
    })
    await fresh.query(`UPDATE universe_events SET created_at = now() - interval '3 hours'`)
    expect(await check('events', fresh.url)).toMatchObject({
      status: 'FAIL',
      summary: '1 event waits, the oldest for 3 hours; no relay is connected',
      problems: [
        {
          problem:
            'an event has waited longer than 10 minutes (settings.alert_event_lag_minutes) and no relay is connected; no event was ever published',
          remedy: expect.stringContaining('universes relay') as string,
        },
      ],
    })
    const relay = await fresh.client()
    await relay.query(`SET application_name = 'universes relay'; SELECT lock_relay()`)
    expect(await check('events', fresh.url)).toMatchObject({
      status: 'FAIL',
      problems: [{ problem: expect.stringContaining('although a relay is connected') as string }],
    })
    await fresh.query('UPDATE universe_events SET published_at = now()')
    expect(await check('events', fresh.url)).toMatchObject({
      ...passes,
      summary: expect.stringMatching(
        /^no event waits; relay: process \d+ \(universes relay, role \w+/,
      ) as string,
    })
  })
})
