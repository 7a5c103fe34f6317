import { rowVersions } from '../refresh/market.js'
import { cpSync, mkdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  dataDir,
  issuerPaths,
  marketDir,
  marketPaths,
  removeFolder,
  runCli,
  temporaryFolder,
  testDatabase,
  type CliResult,
} from '../support/index.js'

const real = dataDir() !== undefined

describe('universes sync on a whole market', async () => {
  const db = await testDatabase(import.meta.url)
  const files = marketPaths(marketDir())
  const folder = await temporaryFolder()
  afterAll(() => removeFolder(folder))

  const sync = (...args: string[]): Promise<CliResult> =>
    runCli(['sync', folder, ...args], { env: { DATABASE_URL: db.url } })

  /** Every row of every table with the transaction that wrote it, but for the records of runs, loads and events. */
  const contents = (): Promise<Record<string, string>> =>
    rowVersions(db, ['sync_runs', 'load_runs', 'universe_events'])

  const events = async (after: number): Promise<unknown[]> =>
    db.query('SELECT seq::integer, event, payload FROM universe_events WHERE seq > $1 ORDER BY seq', [after])

  beforeAll(() => {
    mkdirSync(join(folder, 'market'))
    mkdirSync(join(folder, 'universes'))
    const copy = (paths: string[], into: string): void =>
      paths.forEach((path) => cpSync(path, join(folder, into, basename(path))))
    copy([...files.symbols, ...files.prices], 'market')
    copy(files.etfs, '')
    copy(files.universes, 'universes')
    // Five funds as their issuers offer them, under the names they are downloaded with.
    for (const [fund, path] of Object.entries(issuerPaths(marketDir()))) {
      rmSync(join(folder, `${fund.toLowerCase()}_holdings.csv`))
      copy([path], '')
    }
  })

  it('does the whole routine, one line per step', async () => {
    const funds = files.etfs.length
    const report = join(folder, 'weekly.md')
    const { code, stdout, stderr } = await sync('--report', report)
    expect([code, stderr]).toEqual([0, ''])
    const [read, ...lines] = stdout.trimEnd().split('\n')
    expect(read).toBe(`reading ${folder}`)
    const duration = String.raw`, [\d.]+ m?s$`
    for (const [index, line] of [
      `✓ load symbols    2 files \\(2 loaded\\), ${real ? '8,431' : '\\d+'} changes`,
      `✓ load prices     1 file \\(1 loaded\\), ${real ? '7,182' : '\\d+'} changes`,
      `✓ load etfs       ${funds} files \\(${funds} loaded\\), ${real ? '18,270' : '[\\d,]+'} changes`,
      `✓ load universes  4 files \\(4 loaded\\), ${real ? '3,042' : '[\\d,]+'} changes`,
      '✓ enrich sectors  [\\d,]+ changes in \\d+ universes',
      '✓ refresh         [\\d,]+ changes in \\d+ universes',
      // Themes of new listings depend on the date.
      '✓ validate        1\\d PASS, [12] WARN, 0 FAIL \\((empty_themes, )?unlisted_members\\)',
      `✓ report          ${real ? '5,567' : '\\d+'} stocks, [\\d,]+ universes, [\\d,]+ memberships, 0 open alerts, written to ${report}`,
    ].entries()) {
      expect(lines[index]).toMatch(new RegExp(`^${line}${duration}`))
    }
    expect(lines.slice(8)).toEqual([
      '',
      expect.stringMatching(/^[\d,]+ changes, 8 steps in (\d+ min )?[\d.]+ s$/),
    ])
    expect(readFileSync(report, 'utf8')).toMatch(/^# Stock universes/)
  })

  it('changes nothing the second time, and writes no event but those of its two runs', async () => {
    const before = await contents()
    const [last] = await db.query('SELECT max(seq)::integer AS seq FROM universe_events')
    // Copied anew, as a download would be: the content counts, not the time.
    for (const name of ['IWV_holdings.csv', 'market/symbols.csv'])
      utimesSync(join(folder, name), new Date(), new Date())
    const { code, stdout, stderr } = await sync()
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^✓ load etfs +(\d+) files \(\1 unchanged\), 0 changes,/m)
    expect(stdout).toMatch(/^✓ enrich sectors +0 changes in 0 universes,/m)
    expect(stdout).toMatch(/^✓ refresh +0 changes in 0 universes,/m)
    expect(stdout).toMatch(/^nothing has changed, 8 steps in /m)
    expect(await contents()).toEqual(before)
    expect(await events(last!['seq'] as number)).toMatchObject([
      { event: 'cache_sync_completed', payload: { mode: 'changed_sectors', total_changes: 0 } },
      { event: 'cache_sync_completed', payload: { mode: 'full', total_changes: 0 } },
    ])
  })

  it('leaves a database that answers common queries', async () => {
    const query = async (...args: string[]): Promise<string> =>
      (await runCli(['query', ...args], { env: { DATABASE_URL: db.url } })).stdout
    const fund = await query('--etf', 'IWV')
    expect(fund).toMatch(/^From +IWV_holdings\.csv \(ishares\), holdings of 2025-05-21, loaded /m)
    expect(fund).toMatch(
      real
        ? /^Size +2,411 constituents, weights sum to 96\.74 %$/m
        : /^Size +441 constituents, weights sum to /m,
    )
    const stock = await query('--stock', 'AAPL')
    expect(stock).toMatch(
      /^issuer_file +information_technology +IVV file: Information Technology +believed$/m,
    )
    expect(stock).toMatch(/^sector_fund +information_technology +constituent of XLK$/m)
  })
})
