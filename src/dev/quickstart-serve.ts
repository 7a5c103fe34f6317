import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '../http/serve.js'
import { logger } from '../console/logger.js'
import { runRelay } from '../relay/relay.js'
import type { Accepted, RelayEvent, Sink } from '../relay/sink.js'

const HOST = '127.0.0.1'
/** Preferred port. */
const DEFAULT_PORT = 8080

/** Options of startStarterService(). */
export interface StarterServiceOptions {
  /** PostgreSQL to use. */
  url: string
  /** 8080 if omitted, or a free port if that is taken. */
  port?: number | undefined
  /** Destination of the events; if omitted, they are counted on stdout and marked as published. */
  redisUrl?: string | undefined
  stream?: string | undefined
}

/** A running service of the quick start. */
export interface StarterService {
  /** Base URL. */
  url: string
  close(): Promise<void>
}

/** Serves the API and the page on this machine, without API keys. */
export async function startStarterService(options: StarterServiceOptions): Promise<StarterService> {
  const { url, redisUrl, stream } = options
  const database = { url, schema: 'public' }
  const running = await serve({
    database,
    environment: 'DEFAULT',
    keys: [],
    host: HOST,
    port: options.port ?? ((await isFree(DEFAULT_PORT)) ? DEFAULT_PORT : 0),
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

/** Waits until the service has loaded its data: it listens before that. */
async function untilReady(url: string): Promise<void> {
  for (let left = 100; left > 0 && !(await fetch(`${url}/readyz`)).ok; left -= 1) await sleep(100)
}

/** Opens a URL in the browser; does nothing on a machine without a display. */
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
  // Without a display, xdg-open may start a text browser in this terminal.
  return process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] ? ['xdg-open', url] : []
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, HOST, () => server.close(() => resolve(true)))
  })
}

/** Accepts every event and prints the number per kind. */
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
