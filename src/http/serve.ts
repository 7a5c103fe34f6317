// Own code: close-with-grace handles signals, but not the connections that delay the end of a server.
import type { Socket } from 'node:net'
import { RelationshipCache } from '../cache/index.js'
import { Notifier } from '../database/notifier.js'
import { startJobRunner } from '../jobs/runner.js'
import { RedisSink } from '../relay/redis.js'
import { runRelay } from '../relay/relay.js'
import type { Sink } from '../relay/sink.js'
import { buildApp } from './app.js'
import { Database } from './database.js'
import { DEFAULT_LIMITS } from './security/limits.js'
import { checkAddress, checkSettings, listen } from './listen.js'
import { Metrics } from './observability/metrics.js'
import { RelayWatch } from './observability/relay-state.js'
import { ResponseCache } from './responses/response-cache.js'
import type { App } from './routes/route.js'
import type { RunningService, ServeOptions, Service } from './service.js'

/** What is under way when the service ends has that long: a run, an upload, a client that is slow to take its answer. */
const GRACE_MS = 20_000
const SWEEP_MS = 100

/**
 * Starts the service. It answers as soon as this resolves, also while PostgreSQL or Redis is down: then it says so. Rejects when
 * the port is taken, and on settings that make no sense.
 */
export async function serve(options: ServeOptions): Promise<RunningService> {
  checkSettings(options)
  const { relay } = options
  const sink = relay && new RedisSink({ url: relay.redisUrl, stream: relay.stream })
  await checkAddress(options)
  const service = await assemble(options, sink && new RelayWatch())
  const { graceMs = GRACE_MS } = options
  const app = await buildApp(service, options)
  const silent = silentConnections(app)
  const stopping = new AbortController()
  let relaying: Promise<void> | undefined
  const close = async (): Promise<void> => {
    // No new requests, no new job; what these two still do may need the rest.
    await Promise.all([closeApp(app, silent, graceMs), service.jobs.close()])
    // The relay comes after the jobs: it publishes how the last one ended.
    stopping.abort()
    await (relaying ?? sink?.close())
    await Promise.all([service.cache.close(), service.database.close(), service.notifier.close()])
  }
  try {
    const url = await listen(app, options)
    relaying = sink && startRelay(service, sink, stopping.signal)
    let closing: Promise<void> | undefined
    return { url, service, close: () => (closing ??= close()) }
  } catch (error) {
    await close()
    throw error
  }
}

async function assemble(options: ServeOptions, relay: RelayWatch | undefined): Promise<Service> {
  const { database: connection, environment, logger, keys, graceMs = GRACE_MS } = options
  const database = new Database(connection)
  const notifier = new Notifier({
    database: connection,
    applicationName: 'universes serve (listen)',
    logger,
  })
  const shared = { database: connection, environment, logger, notifier }
  const cache = await RelationshipCache.open({ ...shared, wait: false })
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const metrics = new Metrics({ environment, database, cache, relay })
  const jobs = startJobRunner({ ...shared, queries: database, graceMs })
  const responses = new ResponseCache()
  return {
    environment,
    connection,
    database,
    notifier,
    cache,
    responses,
    jobs,
    keys,
    limits,
    metrics,
    relay,
    logger,
  }
}

/** Runs until the signal aborts. When the relay gives up, the service goes on and /readyz says so. */
async function startRelay(service: Service, sink: Sink, signal: AbortSignal): Promise<void> {
  const { connection: database, logger, notifier, relay } = service
  try {
    const watched = relay?.around(sink) ?? sink
    const onStandby = (standby: boolean): void => {
      if (standby) relay?.become('standby')
    }
    await runRelay({ database, sink: watched, logger, notifier, signal, onStandby })
    relay?.become('stopped')
  } catch (error) {
    relay?.become('failed', error instanceof Error ? error.message : '')
    logger.error({ err: error }, 'the relay has given up; the service goes on without it')
  }
}

/** Connections that have not sent a request yet: for Node they are not idle, and it would wait for them. */
function silentConnections(app: App): Set<Socket> {
  const silent = new Set<Socket>()
  app.server.on('connection', (socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  app.server.on('request', ({ socket }) => silent.delete(socket))
  return silent
}

/** Ends streams, lets requests end, closes idle connections; past the grace period all of them. */
async function closeApp(app: App, silent: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs)
  // A connection whose request was under way is idle only once that is answered.
  const sweep = setInterval(() => {
    app.server.closeIdleConnections()
    for (const socket of silent) socket.destroy()
  }, SWEEP_MS)
  await app.close().finally(() => {
    clearTimeout(timer)
    clearInterval(sweep)
  })
}
