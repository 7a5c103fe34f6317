import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../src/database/connect.js'
import { worst } from '../../src/doctor/finding.js'
import { refresh, REFRESH_MODES } from '../../src/operations/refresh.js'
import { findings } from '../doctor/support.js'
import { listSmallMarket } from '../refresh/market.js'
import { runCli, spawnCli, temporaryFolder, testDatabase, type TestDatabase } from '../support/index.js'
import { makeRoles, type Roles } from './support.js'

let db: TestDatabase
let roles: Roles
let operator: pg.Client

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await db.query('REVOKE CONNECT, TEMPORARY ON DATABASE ' + db.name + ' FROM PUBLIC')
  await listSmallMarket(db)
  roles = await makeRoles(db)
  operator = await connect({ url: roles.operator, schema: 'public' })
})

afterAll(async () => {
  await operator.end()
  await roles.drop()
})

/** A command as the operator; it has to succeed. */
async function universes(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args, { env: { DATABASE_URL: roles.operator } })
  expect(code, `universes ${args.join(' ')}\n${stdout}${stderr}`).toBe(0)
  return stdout
}

async function file(name: string, text: string): Promise<string> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, text)
  return path
}

const ask = async (sql: string, params: unknown[] = []): Promise<Record<string, unknown>[]> =>
  (await operator.query<Record<string, unknown>>(sql, params)).rows

describe('an operator', () => {
  it('refreshes in every mode, dry, appending and forced', async () => {
    await universes('refresh')
    for (const mode of REFRESH_MODES) {
      for (const options of [{}, { dryRun: true, force: true }, { append: true }, { environment: 'TEST' }])
        expect(await refresh(operator, { mode, ...options }), mode).toMatchObject({
          status: 'completed',
          error: null,
        })
    }
    const [members] = await ask('SELECT count(*)::integer AS n FROM market_leaders')
    expect(members!['n']).toBeGreaterThan(0)
  })

  it('loads files of every kind, in every mode', async () => {
    const symbols = await file(
      'symbols.csv',
      'symbol,name,type,active\nNEW1,New One,CS,true\nNEW2,New Two,CS,true\n',
    )
    await universes('load', 'symbols', symbols)
    await universes(
      'load',
      'prices',
      await file('prices.csv', 'symbol,date,close\nNEW1,2026-03-06,10\nTEC1,2026-03-06,20\n'),
    )
    await universes(
      'load',
      'etfs',
      await file('xlk_holdings.csv', 'symbol,weight\nTEC1,50\nTEC2,30\nTEC4,20\n'),
    )
    await universes(
      'load',
      'etfs',
      await file('xlk_holdings.csv', 'symbol,weight\nTEC1,60\nTEC2,40\n'),
      '--mode',
      'full',
      '--force',
    )
    await universes(
      'load',
      'etfs',
      await file('xlf_holdings.csv', 'symbol,weight\nBNK1,50\nBNK2,50\n'),
      '--mode',
      'dry-run',
    )
    const issuer =
      'Ticker,Name,Sector,Asset Class,Weight (%)\nTEC1,Tec1 Inc,Information Technology,Equity,60\nTEC3,Tec3 Inc,Information Technology,Equity,40\n'
    await universes('load', 'etfs', await file('IYW_holdings.csv', issuer))
    await universes('load', 'universes', await file('mine.csv', 'symbol\nTEC1\nBNK1\n'))
    await universes('load', 'themes', await file('robots.csv', 'symbol\nTEC1\nTEC2\n'))
    await universes('load', 'sectors', await file('sectors.csv', 'symbol,sector\nTEC5,Energy\n'))
    await universes('load', 'sectors', await file('sectors.csv', 'symbol,sector\nTEC6,Energy\n'), '--force')
    const bad = await runCli(['load', 'etfs', await file('spy_holdings.csv', 'symbol,weight\nTEC1,abc\n')], {
      env: { DATABASE_URL: roles.operator },
    })
    expect(bad.stdout + bad.stderr).toContain('the weight is not a number')
  })

  it('loads more prices than the staging table is emptied of row by row', async () => {
    const path = join(await temporaryFolder(), 'many.csv')
    const out = createWriteStream(path)
    out.write('symbol,date,open,high,low,close,volume\n')
    for (let n = 0; n < 150_000; n += 1) {
      const day = new Date(Date.UTC(2020, 0, 1 + (n % 1500))).toISOString().slice(0, 10)
      out.write(`TEC${1 + Math.floor(n / 1500)},${day},10.5,11.5,9.5,10.75,123456\n`)
    }
    await finished(out.end())
    await db.query(
      `INSERT INTO symbols (symbol, type) SELECT 'TEC' || n, 'CS' FROM generate_series(1, 100) AS n ON CONFLICT DO NOTHING`,
    )
    expect(await universes('load', 'prices', path)).toContain('150,000')
    expect(await ask('SELECT FROM staged_prices')).toEqual([])
  })

  it('enriches, imports, rolls back, validates, reports and asks', async () => {
    await universes('enrich', 'sectors')
    await universes('enrich', 'sectors', '--mode', 'full', '--dry-run')
    await db.query(
      `INSERT INTO cache_entries (type, name, key, value) VALUES ('stock_universe', 'my_list', 'mine', '["TEC1", "BNK1"]')`,
    )
    await universes('import', 'legacy')
    const [run] = await ask(`SELECT id FROM recorded_runs ORDER BY started_at DESC OFFSET 3 LIMIT 1`)
    await universes('rollback', '--to', String(run!['id']), '--before', '--dry-run')
    await universes('rollback', '--to', String(run!['id']))
    await universes('refresh')
    for (const args of [
      ['validate', '--verbose'],
      ['report'],
      ['report', '--json'],
      ['query', '--stock', 'TEC1'],
      ['query', '--etf', 'XLK'],
      ['migrate', 'status'],
      ['query', '--stats', '--json'],
    ]) {
      const { code, stderr } = await runCli(args, { env: { DATABASE_URL: roles.operator } })
      expect(stderr, args.join(' ')).not.toMatch(/permission denied|must be owner/)
      expect([0, 1], `${args.join(' ')}: ${stderr}`).toContain(code)
    }
  })

  it('waits for prices, does the weekly routine, and relays', async () => {
    await universes('refresh', '--wait-for-prices', '2026-03-06', '--timeout', '0').catch(() => undefined)
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'qqq_holdings.csv'), 'symbol,weight\nTEC1,60\nTEC2,40\n')
    const { stderr } = await runCli(['sync', folder], { env: { DATABASE_URL: roles.operator } })
    expect(stderr).not.toContain('permission denied')
    const once = await runCli(['relay', '--once', '--sink', 'stdout'], {
      env: { DATABASE_URL: roles.operator },
    })
    expect([once.code, once.stdout.includes('universe_updated')], once.stderr).toEqual([0, true])
    expect(await ask('SELECT events::integer FROM unpublished_events')).toEqual([{ events: 0 }])
    const relay = spawnCli(['relay', '--sink', 'stdout'], { env: { DATABASE_URL: roles.operator } })
    await relay.waitFor(/relay is working/)
    await operator.query(`SELECT publish_event('alert', '{"from": "an operator"}')`)
    await relay.waitFor(/an operator/)
    expect(await relay.stop()).toMatchObject({ code: 0 })
  })

  it('asks for jobs and runs them', async () => {
    const [job] = await ask(`SELECT * FROM request_refresh('full', p_dry_run => true)`)
    expect(job).toMatchObject({ accepted: true })
    const id = job!['job_id']
    const [status] = await ask('SELECT job_status($1) AS s', [id])
    expect(status!['s']).toMatchObject({ status: 'queued' })
    const step = {
      run_id: id,
      step: 'ipos',
      milliseconds: 1,
      mode: 'full',
      position: 2,
      of: 5,
      next: 'delistings',
    }
    await ask('SELECT publish_progress($1)', [JSON.stringify(step)])
    const [run] = await ask('SELECT (run_job($1)).status', [id])
    expect(run).toEqual({ status: 'completed' })
    const [failed] = await ask(`SELECT * FROM request_refresh('themes')`)
    const [end] = await ask('SELECT (fail_job($1, $2)).status', [failed!['job_id'], '{"message": "no"}'])
    expect(end).toEqual({ status: 'failed' })
    for (const call of ['run_history()', 'run_statistics()']) await ask(`SELECT ${call}`)
    expect((await ask('SELECT * FROM job_events($1)', [id])).length).toBeGreaterThan(2)
  })

  it('deletes old events, and those only', async () => {
    await db.query(`UPDATE universe_events SET published_at = now() - interval '31 days' WHERE seq <= 3`)
    await db.query(`UPDATE universe_events SET published_at = now() WHERE seq > 3`)
    expect(await ask('SELECT purge_events()::integer AS n')).toEqual([{ n: 3 }])
    expect(await ask('SELECT purge_events()::integer AS n')).toEqual([{ n: 0 }])
  })

  it('is all right in the eyes of the doctor', async () => {
    await db.query('ANALYZE')
    await universes('relay', '--once', '--sink', 'stdout')
    const found = await findings(roles.operator)
    expect(found.find(({ check }) => check === 'privileges')).toMatchObject({
      status: 'PASS',
      summary: `role ${roles.prefix}_operator_login may refresh, load and publish`,
    })
    expect(worst(found), JSON.stringify(found.filter(({ status }) => status === 'FAIL'))).not.toBe('FAIL')
    // To compare with a scratch schema takes a right on the database.
    const drift = found.find(({ check }) => check === 'drift')
    expect(drift).toMatchObject({ status: 'WARN', summary: 'not checked' })
  })

  it('wrote every universe through the one path, with history', async () => {
    expect((await ask('SELECT DISTINCT opened_by FROM membership_history')).length).toBeGreaterThan(3)
    const gaps = await ask(
      `SELECT check_name FROM validate_relationships() WHERE check_name LIKE 'history%' AND findings > 0`,
    )
    expect(gaps).toEqual([])
  })
})
