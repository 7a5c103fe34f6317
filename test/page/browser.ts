import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'

export { startBrowser } from '../support/chromium.js'

/** A page, and what went wrong on it. */
export interface OpenPage {
  page: Page
  /** Errors of scripts and of the console, violations of the content-security policy, unless `expected` matches. */
  wrong: string[]
  close(this: void): Promise<void>
}

/** How a page is opened. */
export interface OpenOptions extends BrowserContextOptions {
  /** Hash of the address. */
  hash?: string
  /** What may be logged: a browser reports every answer of 400 and above. */
  expected?: RegExp
}

/** Opens the admin page in a context of its own and waits until it shows its figures, or asks for a key. */
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

/** Like expect.poll, with the patience that a browser and a busy machine need. */
export function eventually<T>(look: () => Promise<T> | T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, { timeout: 30_000 })
}
