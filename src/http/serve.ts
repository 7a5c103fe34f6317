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

/** Time that running jobs, uploads and slow clients have left when the service stops. */
const GRACE_MS = 20_000
const SWEEP_MS = 100

/**
 * Starts the service. Resolves when it accepts requests, even if PostgreSQL or Redis is not available. Rejects if the settings
 * are invalid or the port is in use.
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
    // Requests and jobs first: those that are still running may need everything else.
    await Promise.all([closeApp(app, silent, graceMs), service.jobs.close()])
    // The relay after the jobs: it publishes the result of the last one.
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

/** Runs the relay until the signal aborts. If it gives up, the service continues, and /readyz reports it. */
async function startRelay(service: Service, sink: Sink, signal: AbortSignal): Promise<void> {
  const { connection: database, logger, notifier, relay } = service
  try {
    const watched = relay?.wrap(sink) ?? sink
    const onStandby = (standby: boolean): void => {
      if (standby) relay?.setState('standby')
    }
    await runRelay({ database, sink: watched, logger, notifier, signal, onStandby })
    relay?.setState('stopped')
  } catch (error) {
    relay?.setState('failed', error instanceof Error ? error.message : '')
    logger.error({ err: error }, 'the relay has given up; the service continues without it')
  }
}

/** Tracks connections that have not sent a request yet: Node does not count them as idle and would wait for them. */
function silentConnections(app: App): Set<Socket> {
  const silent = new Set<Socket>()
  app.server.on('connection', (socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  app.server.on('request', ({ socket }) => silent.delete(socket))
  return silent
}

/** Ends streams, waits for requests, and closes idle connections; after the grace period closes all connections. */
async function closeApp(app: App, silent: ReadonlySet<Socket>, graceMs: number): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), graceMs)
  // Repeatedly: a connection becomes idle when its request has been served.
  const sweep = setInterval(() => {
    app.server.closeIdleConnections()
    for (const socket of silent) socket.destroy()
  }, SWEEP_MS)
  await app.close().finally(() => {
    clearTimeout(timer)
    clearInterval(sweep)
  })
}
