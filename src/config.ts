/** Process settings; the only place that reads the environment. */
export interface Config {
  /** PostgreSQL connection string; the PG* variables apply if undefined. */
  databaseUrl: string | undefined
  /** Redis connection string, `redis://` or `rediss://`. */
  redisUrl: string | undefined
  /** Schema the package is, or will be, installed in. */
  schema: string
  /** Log level on stderr. */
  logLevel: string
  /** Settings of `universes serve`. */
  service: ServiceConfig
}

/** Raw settings of the service; the serve command validates them. */
export interface ServiceConfig {
  /** Address to listen on. */
  host: string
  port: string
  /** API keys, id:scope:sha256, separated by commas or white space. */
  apiKeys: string | undefined
  /** File of API keys in the same format. */
  apiKeysFile: string | undefined
  /** Rate limit per minute and key, or per address for requests without a key. */
  requestsPerMinute: string | undefined
  /** Proxy addresses or networks, separated by commas, whose X-Forwarded headers are trusted. */
  trustProxy: string | undefined
}

/** Reads the environment; an empty variable counts as unset. */
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
