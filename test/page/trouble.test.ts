import { createServer, request as forward, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrateUp } from '../../src/database/migrate.js'
import { completed, listSmallMarket } from '../refresh/market.js'
import {
  startPostgres,
  startService,
  testDatabase,
  type TestDatabase,
  type TestService,
} from '../support/index.js'
import { eventually, openPage, startBrowser } from './browser.js'

const KEYS = { read: 'uv_read', operate: 'uv_operate', admin: 'uv_admin' }

let db: TestDatabase
let browser: Browser

beforeAll(async () => {
  db = await testDatabase(import.meta.url)
  await listSmallMarket(db)
  await completed(db)
  browser = await startBrowser()
})

afterAll(() => browser.close())

describe('a service with keys', () => {
  let service: TestService

  beforeAll(async () => {
    service = await startService(db, { keys: KEYS })
  })

  it('asks for one in a dialog, refuses a wrong one, and remembers the right one for this tab', async () => {
    const { page, close } = await openPage(browser, service.url, { expected: /401/ })
    await page.getByRole('dialog', { name: 'This service requires a key' }).waitFor()
    expect(await page.evaluate('document.activeElement.id')).toBe('key-input')
    await page.keyboard.type('uv_wrong')
    await page.keyboard.press('Enter')
    await page.getByText('The service does not accept the key of this tab.').waitFor()
    await page.keyboard.type(KEYS.read)
    await page.keyboard.press('Enter')
    await page.locator('#figures:not([aria-busy])').waitFor()
    expect(await page.locator('#key').isVisible()).toBe(false)
    expect(await page.locator('#state').textContent()).toBe('Live')
    await page.reload()
    await page.locator('#figures:not([aria-busy])').waitFor()
    expect(
      await page.evaluate('[localStorage.length, Object.values(sessionStorage), document.cookie]'),
    ).toEqual([0, [KEYS.read], ''])
    await close()
  })

  it('shows no figure without one, and offers to ask again', async () => {
    const { page, close } = await openPage(browser, service.url, { expected: /401/ })
    await page.keyboard.press('Escape')
    await page.locator('#banner:not([hidden])').waitFor()
    expect(await page.locator('#banner').textContent()).toContain('A key is needed')
    expect(await page.locator('#state').textContent()).toBe('No key')
    expect((await page.locator('#figures dd').allTextContents()).join('').trim()).toBe('')
    await page.getByRole('button', { name: 'Use another key' }).click()
    await page.keyboard.type(KEYS.read)
    await page.keyboard.press('Enter')
    await page.locator('#figures:not([aria-busy])').waitFor()
    expect(await page.locator('#banner').isHidden()).toBe(true)
    await close()
  })

  it('says which scope is missing for a run, and takes a better key', async () => {
    const { page, close } = await openPage(browser, service.url, { expected: /40[13]/ })
    await page.keyboard.type(KEYS.read)
    await page.keyboard.press('Enter')
    await page.locator('#figures:not([aria-busy])').waitFor()
    await page.click('#organize-start')
    const error = page.locator('#organize-error')
    await eventually(() => error.textContent()).toContain(
      'The key "read" has the scope read; this needs operate.',
    )
    await error.getByRole('button', { name: 'Use another key' }).click()
    await page.keyboard.type(KEYS.operate)
    await page.keyboard.press('Enter')
    await page.locator('#key').waitFor({ state: 'hidden' })
    await page.click('#organize-start')
    await page.locator('#run h3', { hasText: 'Completed' }).waitFor()
    expect(await error.isHidden()).toBe(true)
    await close()
  })
})

describe('while PostgreSQL is away', () => {
  it('keeps what it has, says since when, and goes on by itself when it is back', async () => {
    const server = await startPostgres()
    await migrateUp({ url: server.url, schema: 'public' })
    const service = await startService(server)
    const { page, close } = await openPage(browser, service.url, { expected: /50[034]/ })
    await page.locator('#figures:not([aria-busy])').waitFor()
    expect(await page.locator('#state').textContent()).toBe('Live')
    await server.stop()
    // Coming back to a window is one of the moments at which the page looks.
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`)
    await page.locator('#banner:not([hidden])').waitFor()
    expect(await page.locator('#banner').textContent()).toMatch(
      /The database does not answer\. The page shows data of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/,
    )
    expect(await page.locator('#state').textContent()).toBe('Database down')
    expect(await page.locator('#figures dd').first().textContent()).toBe('0')
    await page.click('#organize-start')
    await eventually(() => page.locator('#organize-error').textContent()).toContain(
      'PostgreSQL is not available',
    )
    await server.restart()
    await eventually(() => page.locator('#state').textContent()).toBe('Live')
    expect(await page.locator('#banner').isHidden()).toBe(true)
    await close()
    await service.close()
  })
})

describe('while the connection to the service is bad', () => {
  /** Proxy between page and service that cuts connections on demand. */
  async function cutter(
    target: string,
  ): Promise<{ url: string; cut: RegExp | undefined; seen: string[]; server: Server }> {
    const { hostname, port } = new URL(target)
    const state = {
      url: '',
      cut: undefined as RegExp | undefined,
      seen: [] as string[],
      server: undefined as unknown as Server,
    }
    state.server = createServer((incoming, outgoing) => {
      const path = incoming.url ?? ''
      const last = incoming.headers['last-event-id']
      state.seen.push(`${incoming.method} ${path}${last === undefined ? '' : ` after ${String(last)}`}`)
      if (state.cut?.test(path)) return void incoming.socket.destroy()
      const onward = forward(
        {
          hostname,
          port,
          path,
          method: incoming.method,
          headers: { ...incoming.headers, host: `${hostname}:${port}`, origin: target },
        },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(outgoing)
        },
      )
      onward.on('error', () => outgoing.destroy())
      incoming.pipe(onward)
      outgoing.on('close', () => onward.destroy())
    })
    await new Promise<void>((listening) => state.server.listen(0, '127.0.0.1', listening))
    state.url = `http://127.0.0.1:${(state.server.address() as AddressInfo).port}`
    return state
  }

  const going = '#run .step.going'

  it('resumes a broken stream after the last event that it has seen', async () => {
    const service = await startService(db)
    const between = await cutter(service.url)
    const { page, close } = await openPage(browser, between.url, { expected: /ERR_/ })
    const client = await db.client()
    await client.query('BEGIN; LOCK TABLE cache_entries IN EXCLUSIVE MODE')
    await page.click('#organize-start')
    await page.locator(going, { hasText: 'Cache and events' }).waitFor()
    between.server.closeAllConnections()
    await eventually(() => between.seen.some((line) => /events\/.* after \d+$/.test(line))).toBe(true)
    await client.query('ROLLBACK')
    await page.locator('#run h3', { hasText: 'Completed' }).waitFor()
    expect(await page.locator('#run .step.done').count()).toBe(5)
    await close()
    between.server.close()
    await service.close()
  })

  it('asks for the status instead where streams do not get through', async () => {
    const service = await startService(db)
    const between = await cutter(service.url)
    between.cut = /\/events\//
    const { page, close } = await openPage(browser, between.url, { expected: /ERR_/ })
    const client = await db.client()
    await client.query('BEGIN; LOCK TABLE cache_entries IN EXCLUSIVE MODE')
    await page.click('#organize-start')
    await page.getByText('The connection broke').waitFor()
    await page.locator(going, { hasText: 'Cache and events' }).waitFor()
    expect(await page.locator('#run .step.done').count()).toBe(4)
    await client.query('ROLLBACK')
    await page.locator('#run h3', { hasText: 'Completed' }).waitFor()
    await close()
    between.server.close()
    await service.close()
  })

  it('says so when the service is gone, and finds it again', async () => {
    const service = await startService(db)
    const between = await cutter(service.url)
    const { page, close } = await openPage(browser, between.url, { expected: /ERR_/ })
    between.cut = /\/api\//
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`)
    await eventually(() => page.locator('#banner').textContent()).toContain('The service does not answer')
    expect(await page.locator('#state').textContent()).toBe('No answer')
    between.cut = undefined
    await eventually(() => page.locator('#state').textContent()).toBe('Live')
    await close()
    between.server.close()
    await service.close()
  })
})
