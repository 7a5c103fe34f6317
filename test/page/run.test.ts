import type pg from 'pg'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completed, listSmallMarket, setCloses } from '../refresh/market.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { eventually, openPage, startBrowser } from './browser.js'

let db: TestDatabase
let service: TestService
let browser: Browser

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
  ;[service, browser] = await Promise.all([startService(db), startBrowser()])
})

afterAll(() => browser.close())

/** Holds up every run before its last step, until it is released. */
async function holdUp(): Promise<{ client: pg.Client; release: () => Promise<unknown> }> {
  const client = await db.client()
  await client.query('BEGIN; LOCK TABLE cache_entries IN EXCLUSIVE MODE')
  return { client, release: () => client.query('ROLLBACK') }
}

const START = '#organize-start'

/** The end of a run that was asked for on this page. */
function ended(page: Page, how = 'Completed'): Promise<void> {
  return page.locator('#run h3', { hasText: new RegExp(`^${how}$`) }).waitFor()
}

describe('Update and Organize Cache', () => {
  it('shows a full run step by step, then its result, and puts it on top of the runs', async () => {
    const { page, close } = await openPage(browser, service.url)
    await setCloses(db, { TEC1: 9_000, BNK1: 5, OIL3: 90_000 })
    const { release } = await holdUp()
    await page.click(START)

    const steps = page.locator('#run .step')
    await eventually(() => steps.count()).toBe(5)
    await page.locator('#run .step.going', { hasText: 'Cache and events' }).waitFor()
    expect(await page.locator('#run .step.done').count()).toBe(4)
    expect(await page.locator('#run .step').first().textContent()).toMatch(
      /Market caps.*done.*\+\d+ added.*(ms|s)$/,
    )
    expect(await page.getByRole('progressbar').getAttribute('value')).toBe('80')
    expect(await page.locator(START).isDisabled()).toBe(true)
    expect(await page.locator('#announcer').textContent()).toBe('Themes: done, 4 of 5.')

    await release()
    await ended(page)
    const [run] = await db.query<{ total_changes: number; universes: number }>(
      `SELECT total_changes, jsonb_array_length(changes) AS universes FROM sync_runs ORDER BY started_at DESC LIMIT 1`,
    )
    expect(run!.total_changes).toBeGreaterThan(10)
    expect(await page.locator('#run .outcome').textContent()).toBe(
      `${run!.total_changes} changes in ${run!.universes} universes.`,
    )
    expect(await page.locator('#run .step.done').count()).toBe(5)
    expect(await page.locator('#announcer').textContent()).toContain('Done. ')
    expect(await page.locator(START).isEnabled()).toBe(true)
    await eventually(() => page.locator('.runs tbody tr').first().textContent()).toMatch(
      /^just nowFullCompleted/,
    )
    await close()
  })

  it('shows on demand which symbols were added and removed', async () => {
    const { page, close } = await openPage(browser, service.url)
    const [change] = await db.query<{ name: string; added: string[]; removed: string[] }>(
      `SELECT c ->> 'name' AS name, ARRAY(SELECT jsonb_array_elements_text(c -> 'added')) AS added,
         ARRAY(SELECT jsonb_array_elements_text(c -> 'removed')) AS removed
       FROM sync_runs AS r, jsonb_array_elements(r.changes) AS c
       WHERE r.id = (SELECT id FROM sync_runs ORDER BY started_at DESC LIMIT 1) AND jsonb_array_length(c -> 'added') > 0
       ORDER BY jsonb_array_length(c -> 'added') + jsonb_array_length(c -> 'removed') DESC LIMIT 1`,
    )
    const details = page.locator('#run .change', { hasText: change!.name }).first()
    const added = details.locator('.added .chip')
    expect(await added.first().isVisible()).toBe(false)
    await details.locator('summary').click()
    expect(await added.allTextContents()).toEqual(change!.added.slice(0, 20))
    expect(await details.locator('.removed .chip').allTextContents()).toEqual(change!.removed.slice(0, 20))
    await close()
  })

  it('asks for what the form says: mode, preserve, dry run, force', async () => {
    const { page, close } = await openPage(browser, service.url)
    await page.selectOption('#mode', 'themes')
    expect(await page.locator('#mode-help').textContent()).toContain('rules of every theme')
    await page.getByLabel('Preserve existing entries').check()
    await page.getByRole('switch', { name: 'Dry run' }).check()
    await page.getByText('Force', { exact: true }).first().click()
    await page.getByRole('switch', { name: 'Recompute everything' }).check()
    await page.click(START)
    await ended(page)
    const [run] = await db.query(
      'SELECT mode, append, dry_run, force, triggered_by FROM sync_runs ORDER BY started_at DESC LIMIT 1',
    )
    expect(run).toEqual({
      mode: 'themes',
      append: true,
      dry_run: true,
      force: true,
      triggered_by: 'universes serve',
    })
    const tags = await page.locator('#run .run-sub .tag').allTextContents()
    expect(tags).toEqual(['Themes', 'dry run', 'preserve', 'force'])
    await close()
  })

  it('says of a dry run what would change, and that nothing was kept', async () => {
    const { page, close } = await openPage(browser, service.url)
    await setCloses(db, { TEC2: 10, UTL1: 70_000 })
    const before = await db.query('SELECT group_id, symbol FROM group_memberships ORDER BY 1, 2')
    await page.getByRole('switch', { name: 'Dry run' }).check()
    await page.click(START)
    await ended(page)
    expect(await page.locator('#run .outcome').textContent()).toMatch(
      /\d+ changes in \d+ universes\.Dry run, nothing was kept/,
    )
    expect(await page.locator('#run h4').textContent()).toBe('What would change')
    expect(await db.query('SELECT group_id, symbol FROM group_memberships ORDER BY 1, 2')).toEqual(before)
    await close()
  })

  it('shows the run that is going after the page was loaded again, and in a second window', async () => {
    const { page, close } = await openPage(browser, service.url)
    const { release } = await holdUp()
    await page.click(START)
    await page.locator('#run .step.going', { hasText: 'Cache and events' }).waitFor()
    await page.reload()
    const second = await openPage(browser, service.url)
    for (const one of [page, second.page]) {
      await one.locator('#run .step.going', { hasText: 'Cache and events' }).waitFor()
      expect(await one.locator('#run .step.done').count()).toBe(4)
      expect(await one.locator('#run h3').textContent()).toBe('Running')
    }
    await release()
    for (const one of [page, second.page]) await ended(one)
    await second.close()
    await close()
  })

  it('joins the run that is going when another was asked for', async () => {
    const { page, close } = await openPage(browser, service.url, { expected: /409/ })
    const { release } = await holdUp()
    const { job_id: other } = (await (
      await service.post('/api/processing/cache-sync/trigger', { mode: 'delistings' })
    ).json()) as { job_id: string }
    await page.click(START)
    await page.locator('#run .step.going').waitFor()
    expect(await page.locator('#organize-error').textContent()).toMatch(/A refresh is already running/)
    expect(await page.locator('#run .step').allTextContents()).toHaveLength(2)
    await release()
    await ended(page)
    await page.locator(`.runs a[href="#/run/${other}"]`).click()
    await page.locator('#sheet .mono', { hasText: other }).waitFor()
    await close()
  })

  it('shows a failure with message, hint and SQLSTATE, and the step that failed', async () => {
    const { page, close } = await openPage(browser, service.url)
    await db.query('ALTER FUNCTION rebalance_themes(text[], refresh_context) RENAME TO gone')
    await page.selectOption('#mode', 'themes')
    await page.click(START)
    await ended(page, 'Failed')
    await db.query('ALTER FUNCTION gone(text[], refresh_context) RENAME TO rebalance_themes')
    const note = await page.locator('#run .note.bad').textContent()
    expect(note).toContain('The run failed. Nothing was changed.')
    expect(note).toContain('function rebalance_themes(text[], refresh_context) does not exist')
    expect(note).toContain('No function matches')
    expect(note).toContain('SQLSTATE 42883')
    expect(await page.locator('#run .step.failed').textContent()).toContain('Themes')
    await eventually(() => page.locator('.runs tbody tr').first().textContent()).toContain('does not exist')
    await eventually(() => page.locator('#alert-list').textContent()).toContain('A run failed')
    await page.selectOption('#mode', 'full')
    await page.click(START)
    await ended(page)
    await eventually(() => page.locator('#alerts').isHidden()).toBe(true)
    await close()
  })

  it('says which universes a guard held, and what to do', async () => {
    const { page, close } = await openPage(browser, service.url)
    await db.query(`UPDATE symbols SET active = false WHERE symbol LIKE 'UTL%'`)
    await db.query(`UPDATE ranking_sizes SET size = 3 WHERE size = 50`)
    await page.click(START)
    await ended(page)
    const note = await page.locator('#run .note.warn').first().textContent()
    expect(note).toMatch(/universes? held back by a guard/)
    expect(note).toMatch(/would lose \d+ of \d+/)
    expect(note).toContain('run with Force')
    expect(await page.locator('#run .change.is-held .tag').first().textContent()).toBe('held')
    await close()
  })
})

describe('the pictures', () => {
  it('have one bar per run, hollow for dry runs, and tell their values by pointer and by keys', async () => {
    const { page, close } = await openPage(browser, service.url)
    const [runs] = await db.query<{ kept: number; dry: number; failed: number }>(
      `SELECT count(*) FILTER (WHERE status = 'completed' AND NOT dry_run)::int AS kept,
         count(*) FILTER (WHERE dry_run)::int AS dry, count(*) FILTER (WHERE status = 'failed')::int AS failed FROM sync_runs`,
    )
    for (const [kind, number] of Object.entries(runs!)) {
      expect(await page.locator(`#runs-chart g.run-mark.${kind}`).count(), kind).toBe(number)
    }
    await page.locator('#runs-chart g.run-mark').last().hover({ force: true })
    expect(await page.locator('#tip').textContent()).toMatch(/Changes\d+/)
    await page.locator('h1').hover()
    expect(await page.locator('#tip').isHidden()).toBe(true)

    await page.locator('#show-durations').focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowLeft')
    expect(await page.locator('#announcer').textContent()).toMatch(/Changes \d+.*Duration/)
    await page.keyboard.press('Enter')
    await page.locator('#sheet .kicker', { hasText: 'Run' }).waitFor()
    await close()
  })

  it('show every universe of the chosen type with its members', async () => {
    const { page, close } = await openPage(browser, service.url)
    await page.selectOption('#type', 'MARKET_CAP')
    const shown = await page.locator('#universes .bars a').allTextContents()
    const stored = await db.query<{ name: string; members: number }>(
      `SELECT g.name, count(m.id)::int AS members FROM definition_groups AS g LEFT JOIN group_memberships AS m ON m.group_id = g.id
       WHERE g.type = 'MARKET_CAP' GROUP BY g.name ORDER BY 2 DESC, 1`,
    )
    expect(shown).toHaveLength(stored.length)
    for (const [index, { name, members }] of stored.entries()) {
      expect(shown[index]).toMatch(new RegExp(`^${name}.*${members} members$`))
    }
    await close()
  })

  it('show every sector with its stocks and whose word put them there', async () => {
    const { page, close } = await openPage(browser, service.url)
    const sectors = await page.locator('#sectors .bars a').allTextContents()
    expect(sectors).toHaveLength(12)
    expect(sectors.join()).toMatch(/Information Technology\d+ stocks/)
    await page.locator('#sectors .bars a').first().focus()
    expect(await page.locator('#tip').textContent()).toMatch(/Stocks\d+.*Market cap\$/)
    expect(await page.locator('#sectors .sources li').count()).toBeGreaterThan(1)
    await close()
  })
})
