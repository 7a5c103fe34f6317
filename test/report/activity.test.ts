import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readReport, type RelationshipReport, type ReportAlert } from '../../src/operations/report.js'
import { loadInto, writeFiles } from '../load/files.js'
import { completed, listSmallMarket, listStocks, run, setCloses } from '../refresh/market.js'
import { testDatabase, type TestDatabase } from '../support/index.js'

let db: TestDatabase

const read = async (): Promise<RelationshipReport> =>
  readReport(await db.client(), { environment: 'DEFAULT', detail: false })
const alert = async (name: string): Promise<ReportAlert | undefined> =>
  (await read()).alerts.find((candidate) => candidate.alert === name)

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
})

describe('refreshes', () => {
  it('are listed newest first with dry runs and modes', async () => {
    const first = await completed(db)
    await setCloses(db, { UTL1: 900000 })
    const second = await completed(db, { mode: 'market_cap', append: true })
    const third = await run(db, { mode: 'themes', dryRun: true, force: true })
    const { runs } = await read()
    expect(runs.map(({ id }) => id)).toEqual([third.id, second.id, first.id])
    expect(runs[0]).toMatchObject({
      mode: 'themes, force',
      dry_run: true,
      changes: third.total_changes,
      triggered_by: 'test',
    })
    expect(runs[1]).toMatchObject({ mode: 'market_cap, append', dry_run: false })
    expect(runs[2]).toMatchObject({
      kind: 'refresh',
      mode: 'full',
      status: 'completed',
      error: null,
      held: 0,
      changes: first.total_changes,
      universes: first.changes.length,
    })
    expect(runs[2]!.duration_ms).toBeCloseTo(first.finished_at.getTime() - first.started_at.getTime(), -1)
  })

  it('are limited to the last ten', async () => {
    for (let count = 0; count < 9; count += 1) await run(db, { mode: 'ipos' })
    const { runs } = await read()
    expect(runs).toHaveLength(10)
    expect(runs.map(({ started_at }) => started_at)).toEqual(
      runs
        .map((r) => r.started_at)
        .toSorted()
        .toReversed(),
    )
    expect(runs.map(({ mode }) => mode)).not.toContain('full')
  })

  it('of other environments are not listed', async () => {
    await completed(db, { mode: 'full', environment: 'TEST' })
    expect((await read()).runs.map(({ mode }) => mode)).not.toContain('full')
  })
})

describe('open alerts', () => {
  it('are those of the last completed full run, regardless of later runs', async () => {
    await db.query("UPDATE settings SET value = 0 WHERE name = 'alert_run_minutes'")
    await completed(db, { mode: 'full' })
    await db.query("UPDATE settings SET value = 5 WHERE name = 'alert_run_minutes'")
    await run(db, { mode: 'full', dryRun: true })
    await run(db, { mode: 'ipos' })
    expect(await alert('alert_run_minutes')).toMatchObject({
      subject: 'the refresh',
      allowed: 0,
      unit: 'minutes',
    })
    await completed(db, { mode: 'full' })
    expect(await alert('alert_run_minutes')).toBeUndefined()
  })

  it('include the failure of the last run until one succeeds', async () => {
    await db.query("ALTER TABLE cache_entries ADD CONSTRAINT broken CHECK (name <> 'themes') NOT VALID")
    await db.query("UPDATE theme_rules SET include_symbols = '{UTL1}' WHERE name = 'space'")
    expect((await run(db)).status).toBe('failed')
    expect(await alert('run_failed')).toMatchObject({ subject: 'the last run (full)', value: null })
    expect((await alert('run_failed'))!.detail).toContain('broken')
    expect((await read()).runs[0]).toMatchObject({ status: 'failed' })
    await db.query('ALTER TABLE cache_entries DROP CONSTRAINT broken')
    await completed(db)
    expect(await alert('run_failed')).toBeUndefined()
  })

  it('include the current lag of unpublished events', async () => {
    expect(await alert('alert_event_lag_minutes')).toBeUndefined()
    await db.query(
      "UPDATE universe_events SET created_at = created_at - interval '1 hour', published_at = NULL",
    )
    const waiting = await alert('alert_event_lag_minutes')
    expect(waiting).toMatchObject({ allowed: 10, unit: 'minutes' })
    expect(waiting!.value).toBeGreaterThan(59)
    expect((await read()).totals.events_waiting).toBeGreaterThan(0)
    await db.query('UPDATE universe_events SET published_at = now()')
    expect(await alert('alert_event_lag_minutes')).toBeUndefined()
    expect((await read()).totals.events_waiting_since).toBeNull()
  })
})

describe('loads', () => {
  it('have the worst status of their files, and a rejected file stays an open alert until it loads', async () => {
    const folder = await writeFiles({
      'one_holdings.csv': 'symbol,weight\nUTL1,60\nTEC1,40\n',
      'two_holdings.csv': 'symbol,weight\nUTL1,many\n',
    })
    await loadInto(db, { kind: 'etfs', paths: [folder] })
    await loadInto(db, { kind: 'etfs', paths: [join(folder, 'one_holdings.csv')] })
    const { loads } = await read()
    expect(loads.slice(0, 2).map(({ status, files, loaded, unchanged, rejected }) => [status, files, loaded, unchanged, rejected])).toEqual([
      ['unchanged', 1, 0, 1, 0],
      ['rejected', 2, 1, 0, 1],
    ]) // prettier-ignore
    expect(loads[1]).toMatchObject({ kind: 'etfs', mode: 'incremental', dry_run: false, changes: 2 })
    expect(await alert('file_rejected')).toMatchObject({ subject: 'etfs file two_holdings.csv' })
    expect((await alert('file_rejected'))!.detail).toContain('weight')
    await writeFiles({ 'two_holdings.csv': 'symbol,weight\nUTL1,100\n' }, folder)
    await loadInto(db, { kind: 'etfs', paths: [folder] })
    expect(await alert('file_rejected')).toBeUndefined()
  })

  it('held by a guard are listed and raise an alert', async () => {
    const symbols = Array.from({ length: 100 }, (_, at) => `S${at}`)
    await listStocks(
      db,
      symbols.map((symbol) => ({ symbol })),
    )
    const list = (count: number): string => `symbol\n${symbols.slice(0, count).join('\n')}\n`
    const folder = await writeFiles({ 'many.csv': list(100) })
    await loadInto(db, { kind: 'universes', paths: [folder] })
    await writeFiles({ 'many.csv': list(5) }, folder)
    await loadInto(db, { kind: 'universes', paths: [folder] })
    expect((await read()).loads[0]).toMatchObject({ status: 'held', held: 1, changes: 0 })
    expect(await alert('file_held')).toMatchObject({ subject: 'universes file many.csv' })
  })
})
