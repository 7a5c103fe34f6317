import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'

export { startBrowser } from '../support/chromium.js'

/** A page and its errors. */
export interface OpenPage {
  page: Page
  /** Errors of scripts and of the console, violations of the content-security policy, unless `expected` matches. */
  wrong: string[]
  close(this: void): Promise<void>
}

/** Options of openPage(). */
export interface OpenOptions extends BrowserContextOptions {
  /** Hash of the address. */
  hash?: string
  /** Expected log messages: browsers report every response of 400 and above. */
  expected?: RegExp
}

/** Opens the admin page in a new browser context and waits until it shows its figures or asks for a key. */
export async function openPage(
  browser: Browser,
  url: string,
  { hash = '', expected, ...options }: OpenOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !expected?.test(message.text()))
      wrong.push(message.text())
  })
  page.on('pageerror', (error) => wrong.push(error.message))
  await page.goto(`${url}/admin/historical-data${hash}`)
  await page.locator('#figures:not([aria-busy]), dialog[open], #banner:not([hidden])').first().waitFor()
  return {
    page,
    wrong,
    close: async () => {
      await context.close()
      expect(wrong).toEqual([])
    },
  }
}

/** expect.poll with a timeout long enough for a browser on a busy machine. */
export function eventually<T>(look: () => Promise<T> | T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, { timeout: 30_000 })
}
