import type { Logger } from 'pino'
import type { RelationshipCache } from '../cache/index.js'
import type { ConnectOptions } from '../database/connect.js'
import type { Notifier } from '../database/notifier.js'
import type { JobRunner } from '../jobs/runner.js'
import type { Database } from './database.js'
import type { ApiKey } from './security/keys.js'
import type { Metrics } from './observability/metrics.js'
import type { ResponseCache } from './responses/response-cache.js'
import type { RelayWatch } from './observability/relay-state.js'
import type { ServerOptions } from './server.js'

/** Options of serve(). */
export interface ServeOptions extends ServerOptions {
  database: ConnectOptions
  /** Environment of the universes that it serves and refreshes. */
  environment: string
  /** API keys. Without any, the service listens on loopback only and every client there has full access. */
  keys: readonly ApiKey[]
  host: string
  /** 0 for any free port. */
  port: number
  logger: Logger
  /** Publishes the outbox to this Redis, in the same process. */
  relay?: { redisUrl: string; stream?: string | undefined } | undefined
  limits?: Partial<Limits> | undefined
  /** Milliseconds that stopping waits for a running job or upload. */
  graceMs?: number | undefined
}

/** Limits of requests. */
export interface Limits {
  /** Requests per minute and key, or per minute and address without a key. */
  requestsPerMinute: number
  /** Size of a JSON body in bytes. */
  bodyBytes: number
  /** Size of all files of an upload together, in bytes. */
  uploadBytes: number
  /** Files per upload. */
  uploadFiles: number
  /** Rows per page. */
  pageRows: number
  /** Concurrent event streams. */
  streams: number
}

/** Dependencies of the routes. */
export interface Service {
  environment: string
  connection: ConnectOptions
  database: Database
  /** The one LISTEN connection of the process. */
  notifier: Notifier
  cache: RelationshipCache
  responses: ResponseCache
  jobs: JobRunner
  keys: readonly ApiKey[]
  limits: Limits
  metrics: Metrics
  /** Relay of this process; undefined if it runs none. */
  relay: RelayWatch | undefined
  logger: Logger
}

/** A running service. */
export interface RunningService {
  /** Base URL, for example http://127.0.0.1:8080. */
  url: string
  service: Service
  /** Waits for requests and the running job, then closes every connection. */
  close(): Promise<void>
}
