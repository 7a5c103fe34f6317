import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completed, listSmallMarket, setCloses } from '../refresh/market.js'
import { startService, testDatabase, type TestDatabase, type TestService } from '../support/index.js'
import { barriers } from './accessibility.js'
import { eventually, openPage, startBrowser } from './browser.js'

let db: TestDatabase
let service: TestService
let browser: Browser

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
  await setCloses(db, { TEC1: 9_000, BNK1: 5, OIL3: 90_000 })
  await completed(db)
  ;[service, browser] = await Promise.all([startService(db), startBrowser()])
})

afterAll(() => browser.close())

/** Returns the id, label or text of the focused element. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    `(document.activeElement.id || document.activeElement.getAttribute('aria-label') || document.activeElement.textContent).trim()`,
  )
}

describe('by keyboard alone', () => {
  it('a symbol is found and all its groups are shown, with reasons and since when', async () => {
    const { page, close } = await openPage(browser, service.url)
    const box = page.getByRole('combobox', { name: 'Find a symbol or a universe' })
    await page.keyboard.press('/')
    expect(await focused(page)).toBe('find')
    await page.keyboard.type('tec1')
    const options = page.locator('#find-list [role=option]')
    // Until then the results may be those of the first letters.
    await eventually(async () => (await options.allTextContents())[0]).toContain('TEC1 Inc.')
    expect(await box.getAttribute('aria-expanded')).toBe('true')
    await page.keyboard.press('ArrowDown')
    expect(await box.getAttribute('aria-activedescendant')).toBe('find-0')
    expect(await options.first().getAttribute('aria-selected')).toBe('true')
    expect(await options.first().textContent()).toContain('TEC1 Inc.')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')

    const sheet = page.getByRole('dialog', { name: 'TEC1' })
    await sheet.locator('.facts').waitFor()
    expect(await focused(page)).toBe('sheet-title')
    const shown = await sheet.locator('.sheet-body > div > .groups .group-name a').allTextContents()
    const stored = await db.query<{ name: string }>(
      `SELECT g.name FROM symbol_groups('TEC1') AS s JOIN definition_groups AS g ON g.name = s.name AND g.type = s.type`,
    )
    expect([...shown].sort()).toEqual(stored.map(({ name }) => name).sort())
    const text = await sheet.textContent()
    expect(text).toMatch(/SPY.*40 %.*line 2 .*since \d{4}-\d\d-\d\d/s)
    expect(text).toContain('SIC 7372')

    await page.keyboard.press('Escape')
    expect(await sheet.isVisible()).toBe(false)
    expect(await focused(page)).toBe('find')
    // The dialog fires its close event asynchronously.
    await eventually(() => page.evaluate('location.hash')).toBe('')
    await close()
  })

  it('past memberships are shown with their end', async () => {
    const [left] = await db.query<{ symbol: string; name: string }>(
      `SELECT h.symbol, g.name FROM membership_history AS h JOIN definition_groups AS g ON g.id = h.group_id
       WHERE h.valid_to IS NOT NULL AND h.close_reason = 'removed'
         AND NOT EXISTS (SELECT FROM group_memberships AS m WHERE m.group_id = h.group_id AND m.symbol = h.symbol) LIMIT 1`,
    )
    const { page, close } = await openPage(browser, service.url, { hash: `#/symbol/${left!.symbol}` })
    const past = page.locator('#sheet .past')
    await past.locator('summary').focus()
    await page.keyboard.press('Enter')
    expect(await past.textContent()).toMatch(
      new RegExp(`${left!.name}.*to \\d{4}-\\d\\d-\\d\\d, removed`, 's'),
    )
    await close()
  })

  it('a universe is found, its members are paged through and saved as CSV', async () => {
    const { page, close } = await openPage(browser, service.url, { acceptDownloads: true })
    await page.keyboard.press('/')
    await page.keyboard.type('all_stocks')
    await page.keyboard.press('Enter')
    const sheet = page.getByRole('dialog', { name: 'all_stocks' })
    const total = (
      await db.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM current_members WHERE name = 'all_stocks'`,
      )
    )[0]!.n
    expect(await sheet.locator('h3').textContent()).toBe(`${total} members`)
    const first = await sheet.locator('tbody .symbol').allTextContents()
    await sheet.getByRole('button', { name: 'Next' }).focus()
    await page.keyboard.press('Enter')
    await sheet.getByText(`51 to ${total} of ${total}`).waitFor()
    expect(await focused(page)).toBe('Previous')
    const second = await sheet.locator('tbody .symbol').allTextContents()
    expect(new Set([...first, ...second]).size).toBe(total)

    const downloading = page.waitForEvent('download')
    await sheet.getByRole('button', { name: 'Save as CSV' }).press('Enter')
    const download = await downloading
    expect(download.suggestedFilename()).toBe('complete_all_stocks.csv')
    const chunks: Buffer[] = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString().trim().split('\r\n')).toHaveLength(total + 1)

    await sheet.locator('tbody .symbol').first().press('Enter')
    await page.locator('#sheet .kicker', { hasText: 'Symbol' }).waitFor()
    await page.getByRole('button', { name: 'Back' }).press('Enter')
    await page.locator('#sheet .kicker', { hasText: 'Complete list' }).waitFor()
    await close()
  })

  it('every control shows that it has the focus, and none keeps it', async () => {
    const { page, close } = await openPage(browser, service.url)
    const seen: string[] = []
    await page.evaluate('document.body.focus()')
    for (let index = 0; index < 120; index++) {
      await page.keyboard.press('Tab')
      const { name, outlined } = await page.evaluate<{ name: string; outlined: boolean }>(`(() => {
        const element = document.activeElement
        const outline = (one) => one && getComputedStyle(one).outlineStyle !== 'none' && parseFloat(getComputedStyle(one).outlineWidth) >= 2
        return { name: element === document.body ? '' : element.outerHTML.slice(0, 90), outlined: Boolean(outline(element) || outline(element.closest('.choice, .drop'))) }
      })()`)
      if (name === '') break
      expect(outlined, name).toBe(true)
      seen.push(name)
    }
    expect(seen.length).toBeGreaterThan(30)
    expect(seen.length).toBeLessThan(120)
    expect(seen[0]).toContain('Skip')
    await close()
  })

  it('a name that nothing has is answered, and a wrong address says so', async () => {
    const { page, close } = await openPage(browser, service.url, { expected: /404/ })
    await page.keyboard.press('/')
    await page.keyboard.type('zzzzqqqq')
    await page.getByText('No match for zzzzqqqq.').waitFor()
    await page.goto(`${service.url}/admin/historical-data#/symbol/NOSUCH`)
    await page.locator('#sheet .note.bad').waitFor()
    expect(await page.locator('#sheet .note.bad').textContent()).toContain('NOSUCH')
    await close()
  })
})

describe('for somebody who does not see it', () => {
  it('everything has a name, and the structure is sound', async () => {
    const { page, close } = await openPage(browser, service.url)
    await page.locator('#run .step').first().waitFor()
    expect(await barriers(page)).toEqual([])
    for (const details of await page.locator('#main details').all()) await details.locator('summary').click()
    await page.setInputFiles('#files', {
      name: 'xlf_holdings.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('symbol,weight\nBNK1,60\nBNK3,x\n'),
    })
    await page.keyboard.press('/')
    await page.keyboard.type('tec')
    await page.locator('#find-list [role=option]').first().waitFor()
    expect(await barriers(page)).toEqual([])
    for (const hash of ['#/symbol/TEC1', '#/universe/ETF/SPY']) {
      await page.goto(`${service.url}/admin/historical-data${hash}`)
      await page.locator('#sheet .facts').waitFor()
      expect(await barriers(page), hash).toEqual([])
    }
    await page.locator('#sheet').getByRole('button', { name: 'Close' }).click()
    await page.locator('.runs tbody a').first().click()
    await page.locator('#sheet .steps').waitFor()
    expect(await barriers(page)).toEqual([])
    await close()
  })

  it('the key dialog is labelled, too', async () => {
    const locked = await startService(db, { keys: { read: 'uv_read' } })
    const { page, close } = await openPage(browser, locked.url, { expected: /401/ })
    await page.getByRole('dialog').waitFor()
    expect(await barriers(page)).toEqual([])
    await close()
    await locked.close()
  })
})

describe('light and dark', () => {
  const ground = 'getComputedStyle(document.body).backgroundColor'

  it('follow the system until somebody chooses, and the choice is remembered', async () => {
    const { page, close } = await openPage(browser, service.url, { colorScheme: 'dark' })
    const theme = page.getByRole('switch', { name: 'Dark colours' })
    expect(await theme.getAttribute('aria-checked')).toBe('true')
    const dark = await page.evaluate(ground)
    await page.emulateMedia({ colorScheme: 'light' })
    await eventually(() => theme.getAttribute('aria-checked')).toBe('false')
    const light = await page.evaluate(ground)
    expect(light).not.toBe(dark)
    await theme.press('Space')
    expect(await page.evaluate(ground)).toBe(dark)
    await page.reload()
    expect(await page.evaluate(ground)).toBe(dark)
    expect(await theme.getAttribute('aria-checked')).toBe('true')
    await close()
  })

  it('hold still for who prefers that', async () => {
    const { page, close } = await openPage(browser, service.url, { reducedMotion: 'reduce' })
    expect(
      await page.evaluate(`getComputedStyle(document.querySelector('.button')).transitionDuration`),
    ).toMatch(/^0\.001s/)
    await close()
  })
})

describe('on a small screen', () => {
  it.each([360, 768])('%i px wide: nothing is cut off or scrolls sideways', async (width) => {
    const { page, close } = await openPage(browser, service.url, { viewport: { width, height: 740 } })
    const tooWide = `[...document.querySelectorAll('body *')].filter((element) => element.checkVisibility() && !element.closest('svg, .hidden, .skip')
      && element.getBoundingClientRect().right > innerWidth + 1).map((element) => element.outerHTML.slice(0, 80))`
    await page.locator('#run .step').first().waitFor()
    for (const details of await page.locator('#main details').all()) await details.locator('summary').click()
    expect(await page.evaluate(tooWide)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    for (const hash of ['#/symbol/TEC1', '#/universe/ETF/SPY']) {
      await page.goto(`${service.url}/admin/historical-data${hash}`)
      await page.locator('#sheet .facts').waitFor()
      // It slides in.
      await eventually(() => page.evaluate(tooWide)).toEqual([])
      expect(await page.evaluate(`document.getElementById('sheet').scrollWidth <= innerWidth`)).toBe(true)
    }
    await close()
  })
})

describe('data that wants to be markup', () => {
  const HOSTILE = `<img src=x onerror="window.hacked = true"><script>window.hacked = true</script>`

  it('stays text, wherever it is shown', async () => {
    await db.query(`UPDATE symbols SET name = $1::text WHERE symbol = 'TEC1'`, [HOSTILE])
    await db.query(
      `UPDATE definition_groups SET description = $1::text WHERE name IN ('SPY', 'information_technology')`,
      [HOSTILE],
    )
    await db.query(`UPDATE sectors SET title = $1::text WHERE name = 'financials'`, [HOSTILE])
    await db.query(`INSERT INTO definition_groups (type, name, description) VALUES ('THEME', $1::text, $1)`, [
      HOSTILE,
    ])
    await db.query(
      `INSERT INTO group_memberships (group_id, symbol, metadata) SELECT id, $1::text, jsonb_build_object('rule', $1) FROM definition_groups WHERE name = $1`,
      [HOSTILE],
    )
    await db.query(
      `INSERT INTO sync_runs SELECT gen_random_uuid(), 'full', 'failed', false, false, false, 'DEFAULT', $1::text, now(), now(),
         jsonb_build_array(jsonb_build_object('step', $1::text, 'milliseconds', 3, 'added', 1)), '[]',
         jsonb_build_array(jsonb_build_object('alert', $1::text, 'subject', $1::text, 'value', 2, 'limit', 1, 'unit', $1)), 0,
         jsonb_build_object('message', $1::text, 'detail', $1::text, 'hint', $1::text, 'sqlstate', $1)`,
      [HOSTILE],
    )
    const later = await startService(db)
    const { page, close } = await openPage(browser, later.url, { expected: /400/ })
    await page.locator('#run .note.bad', { hasText: '<img' }).waitFor()
    await page.selectOption('#type', 'THEME')
    expect(await page.locator('#universes').textContent()).toContain('<img')
    expect(await page.locator('#sectors').textContent()).toContain('<img')
    expect(await page.locator('#alert-list').textContent()).toContain('<img')
    expect(await page.locator('.runs').textContent()).toContain('<img')
    await page.keyboard.press('/')
    await page.keyboard.type('TEC1')
    await page.locator('#find-list [role=option]', { hasText: '<img' }).first().waitFor()
    for (const hash of [
      'symbol/TEC1',
      'universe/ETF/SPY',
      `universe/THEME/${encodeURIComponent(HOSTILE)}`,
      `symbol/${encodeURIComponent(HOSTILE)}`,
    ]) {
      await page.goto(`${later.url}/admin/historical-data#/${hash}`)
      await page.locator('#sheet .facts, #sheet .note').first().waitFor()
      expect(await page.locator('#sheet').textContent(), hash).toContain('<img')
    }
    await page.locator('#sheet').getByRole('button', { name: 'Close' }).click()
    await page.setInputFiles('#files', {
      name: '<img src=x onerror=alert(1)>.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`symbol,weight\n${HOSTILE},x\n`),
    })
    expect(await page.locator('#file-list').textContent()).toContain('<img')
    expect(
      await page.evaluate(
        '[window.hacked, document.querySelectorAll("main img, dialog img, main script").length]',
      ),
    ).toEqual([undefined, 0])
    await close()
    await later.close()
  })
})
