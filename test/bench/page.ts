import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import type { Browser } from 'playwright-core'
import { serve } from '../../src/http/serve.js'
import { startBrowser } from '../support/chromium.js'
import type { Bench, Row } from './bench.js'
import { limitLine, median, short, type Line } from './report.js'
import { wholeMarket } from './whole-market.js'

const PATH = '/admin/historical-data'

/** Cost of opening a page. */
interface Opened {
  /** Milliseconds to the first contentful paint, and to the figures of the service. */
  painted: number
  filled: number
  /** Bytes transferred, headers included. */
  bytes: number
  requests: number
}

/** The admin page on real data, opened in Chromium without anything in its cache; floor: one line of HTML. */
export const page: Row = {
  name: 'page',
  run: async (bench) => {
    const market = await wholeMarket(bench)
    const { url, drop } = await bench.servers.database(market.template)
    const service = await serve({
      database: { url, schema: 'public' },
      environment: 'DEFAULT',
      keys: [],
      host: '127.0.0.1',
      port: 0,
      logger: pino({ level: 'warn' }),
    })
    await service.service.cache.loaded()
    const floor = await barePage()
    const browser = await startBrowser()
    try {
      return await measure(bench, browser, service.url + PATH, floor.url)
    } finally {
      await browser.close()
      floor.server.close()
      await service.close()
      await drop()
    }
  },
}

async function measure(bench: Bench, browser: Browser, url: string, floorUrl: string): Promise<Line[]> {
  const rounds = bench.quick ? 5 : 15
  const ours: Opened[] = []
  const floor: Opened[] = []
  for (let round = -1; round < rounds; round++) {
    const [bare, full] = [
      await open(browser, floorUrl, 'p'),
      await open(browser, url, '#figures:not([aria-busy])'),
    ]
    if (round < 0) continue
    floor.push(bare)
    ours.push(full)
  }
  const middle = (pages: readonly Opened[], key: keyof Opened): number => median(pages.map((one) => one[key]))
  const bytes = Math.max(...ours.map((one) => one.bytes))
  const filled = `with figures after ${short(middle(ours, 'filled'))} ms; nothing in the cache of the browser`
  return [
    limitLine('page: first contentful paint', middle(ours, 'painted') / 1000, 0.5, 's', {
      floor: `${short(middle(floor, 'painted') / 1000)} s`,
      note: `${filled}; floor: one line of HTML`,
    }),
    limitLine('page: bytes of everything, first document included', bytes / 1000, 150, 'kB', {
      note: `${middle(ours, 'requests')} requests, headers counted`,
    }),
  ]
}

/** Opens an address in a new browser context, as a first-time visitor. */
async function open(browser: Browser, url: string, filled: string): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const tab = await context.newPage()
  const session = await context.newCDPSession(tab)
  let bytes = 0
  let requests = 0
  await session.send('Network.enable')
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength
    requests += 1
  })
  await tab.goto(url)
  await tab.locator(filled).first().waitFor()
  const filledAt = await tab.evaluate<number>('performance.now()')
  const painted = await tab.evaluate<number>(`new Promise((painted) => {
    const find = (entries) => entries.find(({ name }) => name === 'first-contentful-paint')
    new PerformanceObserver((list) => {
      const entry = find(list.getEntries())
      if (entry) painted(entry.startTime)
    }).observe({ type: 'paint', buffered: true })
  })`)
  await tab.waitForLoadState('networkidle')
  await context.close()
  return { painted, filled: filledAt, bytes, requests }
}

async function barePage(): Promise<{ url: string; server: Server }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>floor</title><p>Historical data</p>')
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}
