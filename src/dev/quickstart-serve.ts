import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '../http/serve.js'
import { logger } from '../console/logger.js'
import { runRelay } from '../relay/relay.js'
import type { Accepted, RelayEvent, Sink } from '../relay/sink.js'

const HOST = '127.0.0.1'
/** Where the service is looked for when nobody says otherwise. */
const USUAL_PORT = 8080

/** What the quick start serves. */
export interface StarterServiceOptions {
  /** PostgreSQL to use. */
  url: string
  /** The usual one, or a free one when that is taken, if left out. */
  port?: number | undefined
  /** Where the events go; without it they are counted on stdout, so that none seems late. */
  redisUrl?: string | undefined
  stream?: string | undefined
}

/** A running service of the quick start. */
export interface StarterService {
  /** Base URL. */
  url: string
  close(): Promise<void>
}

/** Serves API and page on this machine, without keys. */
export async function startStarterService(options: StarterServiceOptions): Promise<StarterService> {
  const { url, redisUrl, stream } = options
  const database = { url, schema: 'public' }
  const running = await serve({
    database,
    environment: 'DEFAULT',
    keys: [],
    host: HOST,
    port: options.port ?? ((await isFree(USUAL_PORT)) ? USUAL_PORT : 0),
    logger,
    ...(redisUrl === undefined ? {} : { relay: { redisUrl, stream } }),
  })
  await untilReady(running.url)
  if (redisUrl !== undefined) return { url: running.url, close: () => running.close() }
  const stopping = new AbortController()
  const relaying = runRelay({ database, sink: new CountingSink(), logger, signal: stopping.signal })
  return {
    url: running.url,
    close: async () => {
      await running.close()
      stopping.abort()
      await relaying
    },
  }
}

/** The service answers before it has loaded what it answers from; who reads the first lines should not find it so. */
async function untilReady(url: string): Promise<void> {
  for (let left = 100; left > 0 && !(await fetch(`${url}/readyz`)).ok; left -= 1) await sleep(100)
}

/** Opens an address in the browser of this machine, if it has one with a screen. Nothing is said when it has not. */
export function openBrowser(url: string): void {
  const [program, ...args] = browserCommand(url)
  if (program === undefined) return
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  child.on('error', () => undefined)
  child.unref()
}

function browserCommand(url: string): string[] {
  if (process.platform === 'darwin') return ['open', url]
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '', url]
  // Without a screen, xdg-open may start a browser of text in this terminal.
  return process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] ? ['xdg-open', url] : []
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((answer) => {
    server.once('error', () => answer(false))
    server.listen(port, HOST, () => server.close(() => answer(true)))
  })
}

/** Takes every event and says how many of which kind came. */
class CountingSink implements Sink {
  readonly name = 'this terminal'

  ready(): Promise<void> {
    return Promise.resolve()
  }

  publish(batch: readonly RelayEvent[]): Promise<Accepted> {
    const counts = new Map<string, number>()
    for (const { event } of batch) counts.set(event, (counts.get(event) ?? 0) + 1)
    console.log(`events: ${[...counts].map(([event, count]) => `${count} ${event}`).join(', ')}`)
    return Promise.resolve({ count: batch.length })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
