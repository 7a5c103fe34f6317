/** Settings of the process, read from the environment in this one place. */
export interface Config {
  /** Connection string of PostgreSQL; undefined leaves the choice to the PG* variables. */
  databaseUrl: string | undefined
  /** Connection string of Redis, `redis://` or `rediss://`. */
  redisUrl: string | undefined
  /** Schema that holds, or will hold, the package. */
  schema: string
  /** Level of the log on stderr. */
  logLevel: string
  /** What `universes serve` takes from the environment. */
  service: ServiceConfig
}

/** Settings of the service, as they are written; whoever uses them checks them. */
export interface ServiceConfig {
  /** Address to listen on. */
  host: string
  port: string
  /** Keys that open it: id:scope:sha256, separated by commas or white space. */
  apiKeys: string | undefined
  /** File of such keys. */
  apiKeysFile: string | undefined
  /** Requests a minute that each key, or address without one, may send. */
  requestsPerMinute: string | undefined
  /** Addresses or networks of proxies, separated by commas, whose X-Forwarded headers are believed. */
  trustProxy: string | undefined
}

/** Reads the environment. An empty variable counts as not set. */
export function config(env: NodeJS.ProcessEnv = process.env): Config {
  return {
    databaseUrl: env['DATABASE_URL'] || undefined,
    redisUrl: env['REDIS_URL'] || undefined,
    schema: env['UNIVERSES_SCHEMA'] || 'public',
    logLevel: env['LOG_LEVEL'] || 'info',
    service: {
      host: env['UNIVERSES_HOST'] || '127.0.0.1',
      port: env['UNIVERSES_PORT'] || '8080',
      apiKeys: env['UNIVERSES_API_KEYS'] || undefined,
      apiKeysFile: env['UNIVERSES_API_KEYS_FILE'] || undefined,
      requestsPerMinute: env['UNIVERSES_REQUESTS_PER_MINUTE'] || undefined,
      trustProxy: env['UNIVERSES_TRUST_PROXY'] || undefined,
    },
  }
}
