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
}

/** Reads the environment. An empty variable counts as not set. */
export function config(env: NodeJS.ProcessEnv = process.env): Config {
  return {
    databaseUrl: env['DATABASE_URL'] || undefined,
    redisUrl: env['REDIS_URL'] || undefined,
    schema: env['UNIVERSES_SCHEMA'] || 'public',
    logLevel: env['LOG_LEVEL'] || 'info',
  }
}
