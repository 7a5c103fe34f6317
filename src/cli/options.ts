import type { ConnectOptions } from '../database/connect.js'

/** Options that every command takes. */
export interface GlobalOptions {
  databaseUrl?: string
  schema?: string
}

/** The connection that the global options ask for. */
export function connectOptions(options: GlobalOptions): ConnectOptions {
  return { url: options.databaseUrl, schema: options.schema }
}
