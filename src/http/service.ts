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

/** How the service is run. */
export interface ServeOptions extends ServerOptions {
  database: ConnectOptions
  /** Environment of the universes that it shows and refreshes. */
  environment: string
  /** Keys that open it; none: loopback only, and everybody there may do everything. */
  keys: readonly ApiKey[]
  host: string
  /** 0 takes a free one. */
  port: number
  logger: Logger
  /** Relays the outbox in the same process, to this Redis. */
  relay?: { redisUrl: string; stream?: string | undefined } | undefined
  limits?: Partial<Limits> | undefined
  /** How long the end of the service waits for what is under way: a run, an upload. */
  graceMs?: number | undefined
}

/** What one caller may ask for. */
export interface Limits {
  /** Requests a minute, per key, or per address without one. */
  requestsPerMinute: number
  /** Bytes of a JSON body. */
  bodyBytes: number
  /** Bytes of all files of an upload. */
  uploadBytes: number
  uploadFiles: number
  /** Rows of one page of an answer. */
  pageRows: number
  /** Streams of progress open at a time. */
  streams: number
}

/** What the routes work with. */
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
  /** The relay in this process, where there is one. */
  relay: RelayWatch | undefined
  logger: Logger
}

/** A service that answers. */
export interface RunningService {
  /** Base URL, http://127.0.0.1:8080. */
  url: string
  service: Service
  /** Lets requests end, then the job under way, then closes every connection. */
  close(): Promise<void>
}
