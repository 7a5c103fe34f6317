import { Option } from 'commander'
import type { ConnectOptions } from '../database/connect.js'

/** Options of every command. */
export interface GlobalOptions {
  databaseUrl?: string
  schema?: string
}

/** Connection options from the global options. */
export function connectOptions(options: GlobalOptions): ConnectOptions {
  return { url: options.databaseUrl, schema: options.schema }
}

export const ENVIRONMENT = new Option('--environment <name>', 'environment of the universes').default(
  'DEFAULT',
)
export const DRY_RUN = new Option('--dry-run', 'show the result, keep nothing')
