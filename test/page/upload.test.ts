import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { completed, listSmallMarket } from '../refresh/market.js'
import {
  startService,
  temporaryFolder,
  testDatabase,
  type TestDatabase,
  type TestService,
} from '../support/index.js'
import { eventually, openPage, startBrowser } from './browser.js'

let db: TestDatabase
let service: TestService
let browser: Browser
let folder: string

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
  folder = await temporaryFolder()
  ;[service, browser] = await Promise.all([startService(db), startBrowser()])
})

afterAll(() => browser.close())

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, `${lines.join('\n')}\n`)
  return path
}

function members(fund: string): Promise<{ symbol: string }[]> {
  return db.query(
    `SELECT symbol FROM current_members WHERE type = 'ETF' AND name = $1 ORDER BY symbol COLLATE "C"`,
    [fund],
  )
}

/** Presses Preview and waits for the answer; what the page complains about is the message of a failure. */
async function preview(page: Page): Promise<void> {
  await page.click('#preview')
  await eventually(async () => [
    await page.locator('#preview').textContent(),
    await page.locator('#load-error').textContent(),
  ]).toEqual(['Preview', ''])
}

describe('loading files', () => {
  it('shows first what a file would change, and keeps nothing; then loads it', async () => {
    const { page, close } = await openPage(browser, service.url)
    const path = await file('xlk_holdings.csv', ['symbol,weight', 'TEC1,50', 'TEC2,30', 'TEC4,19', 'TEC5,1'])
    const before = await members('XLK')
    expect(await page.locator('#preview').isDisabled()).toBe(true)
    await page.setInputFiles('#files', path)
    await page.click('#preview')
    const result = page.locator('#load-result')
    await result.locator('.load-result').waitFor()
    expect(await result.locator('.outcome').textContent()).toMatch(
      /changes in 1 universe\.Preview, nothing was kept/,
    )
    expect(await result.locator('.file .tag').textContent()).toBe('Would load')
    await result.locator('.change summary').click()
    expect(await result.locator('.added .chip').allTextContents()).toEqual(['TEC4', 'TEC5'])
    expect(await result.locator('.removed .chip').allTextContents()).toEqual(['TEC3'])
    expect(await members('XLK')).toEqual(before)

    await page.click('#load-now')
    await eventually(() => result.locator('.file .tag').textContent()).toBe('Loaded')
    expect((await members('XLK')).map(({ symbol }) => symbol)).toEqual(['TEC1', 'TEC2', 'TEC4', 'TEC5'])
    expect(await page.locator('#file-list').isHidden()).toBe(true)
    expect(await page.locator('#load-now').isDisabled()).toBe(true)
    await close()
  })

  it('refuses a bad file with line, column, value and remedy; the other one can be loaded', async () => {
    const { page, close } = await openPage(browser, service.url)
    const rows = Array.from({ length: 1500 }, (_, i) => `SYM${i},${i === 1201 ? 'six' : '0.066'}`)
    const bad = await file('xlf_holdings.csv', ['symbol,weight', ...rows])
    const good = await file('spy_holdings.csv', ['symbol,weight', 'TEC1,40', 'TEC2,30', 'BNK1,20', 'OIL2,10'])
    await page.setInputFiles('#files', [bad, good])
    await page.click('#preview')
    const refused = page.locator('#load-result .file.rejected')
    await refused.waitFor()
    const text = await refused.textContent()
    expect(text).toContain('xlf_holdings.csv')
    expect(text).toContain('line 1,203')
    expect(text).toContain('weight')
    expect(await refused.locator('code').textContent()).toBe('six')
    expect(text).toContain('The weight is not a number from 0 to 100.')
    expect(text).toContain('Weights are percent of the fund')
    await page.click('#load-now')
    await eventually(() => page.locator('#file-list li').allTextContents()).toEqual([
      expect.stringContaining('xlf_holdings.csv'),
    ])
    expect((await members('XLF')).map(({ symbol }) => symbol)).toEqual(['BNK1', 'BNK2'])
    await close()
  })

  it('shows the reason when every file is refused, and does not offer to load', async () => {
    const { page, close } = await openPage(browser, service.url, { expected: /422/ })
    await page.setInputFiles(
      '#files',
      await file('xlf_holdings.csv', ['symbol,weight', 'BNK1,60', 'BNK2,-4']),
    )
    await page.click('#preview')
    await page.locator('#load-result .file.rejected').waitFor()
    expect(await page.locator('#load-result').textContent()).toMatch(/The file was refused.*line 3.*-4/)
    expect(await page.locator('#load-now').isDisabled()).toBe(true)
    await close()
  })

  it('asks for a new preview when files, kind or force change', async () => {
    const { page, close } = await openPage(browser, service.url)
    const load = page.locator('#load-now')
    await page.setInputFiles('#files', await file('mine.csv', ['TEC1', 'BNK1']))
    await page.selectOption('#kind', 'universes')
    await preview(page)
    expect(await load.isEnabled()).toBe(true)
    await page.locator('#load').getByRole('switch', { name: 'Force' }).check()
    expect(await load.isDisabled()).toBe(true)
    await preview(page)
    expect(await load.isEnabled()).toBe(true)
    await page.setInputFiles('#files', await file('other.csv', ['OIL1']))
    expect(await load.isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Remove mine.csv' }).click()
    expect(await page.locator('#file-list li').count()).toBe(1)
    await preview(page)
    expect(await load.isEnabled()).toBe(true)
    await load.click()
    await eventually(() => page.locator('#load-result .file .tag').textContent()).toBe('Loaded')
    expect(await db.query(`SELECT name FROM definition_groups WHERE type = 'UNIVERSE'`)).toEqual([
      { name: 'other' },
    ])
    await close()
  })

  it('does not offer to load what was changed while the preview was on its way', async () => {
    const { page, close } = await openPage(browser, service.url)
    await page.setInputFiles(
      '#files',
      await file('xlk_holdings.csv', ['symbol,weight', 'TEC1,60', 'TEC2,40']),
    )
    let answer = (): void => undefined
    const held = new Promise<void>((resolve) => (answer = resolve))
    await page.route('**/api/loads', async (route) => {
      await held
      await route.continue()
    })
    await page.click('#preview')
    await page.locator('#load').getByRole('switch', { name: 'Force' }).check()
    answer()
    await page.locator('#load-result .load-result').waitFor()
    await eventually(() => page.locator('#preview').isEnabled()).toBe(true)
    expect(await page.locator('#load-now').isDisabled()).toBe(true)
    await preview(page)
    expect(await page.locator('#load-now').isEnabled()).toBe(true)
    await close()
  })

  it('says that a file was changed after it was chosen, not that the service is gone', async () => {
    const { page, close } = await openPage(browser, service.url)
    const path = await file('xlk_holdings.csv', ['symbol,weight', 'TEC1,60', 'TEC2,x'])
    await page.setInputFiles('#files', path)
    await file('xlk_holdings.csv', ['symbol,weight', 'TEC1,60', 'TEC2,39', 'TEC3,1'])
    await page.click('#preview')
    await eventually(() => page.locator('#load-error').textContent()).toContain(
      'xlk_holdings.csv was changed, moved or deleted after it was chosen.',
    )
    await page.setInputFiles('#files', path)
    await preview(page)
    expect(await page.locator('#load-result .file .tag').textContent()).toBe('Would load')
    await close()
  })

  it('takes files that are dropped', async () => {
    const { page, close } = await openPage(browser, service.url)
    const transfer = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File(['symbol,weight\\nBNK1,60\\nBNK2,40\\n'], 'xlf_holdings.csv', { type: 'text/csv' }))
      return transfer
    })()`)
    await page.dispatchEvent('#drop', 'drop', { dataTransfer: transfer })
    expect(await page.locator('#file-list li').textContent()).toContain('xlf_holdings.csv')
    await page.click('#preview')
    await page.locator('#load-result .load-result').waitFor()
    await close()
  })

  it('says that a refresh is going instead of waiting for it', async () => {
    const { page, close } = await openPage(browser, service.url, { expected: /409/ })
    const client = await db.client()
    await client.query('BEGIN')
    await client.query(`SELECT lock_universes('the test')`)
    await page.setInputFiles('#files', await file('dia_holdings.csv', ['symbol,weight', 'TEC1,100']))
    await page.click('#preview')
    await eventually(() => page.locator('#load-error').textContent()).toContain('Another change is going on')
    await client.query('ROLLBACK')
    await page.click('#preview')
    await page.locator('#load-result .load-result').waitFor()
    expect(await page.locator('#load-error').isHidden()).toBe(true)
    await close()
  })
})
