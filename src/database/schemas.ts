import pg from 'pg'
import { usageError } from '../errors.js'

/** Limit in bytes; PostgreSQL truncates longer names. */
const MAX_NAME_BYTES = 63

/** Name of the schema of everything that only the package itself calls, for an installation whose readers use `api`. */
export function engineSchema(api: string): string {
  const name = api === 'public' ? 'universes' : `${api}_universes`
  if (Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw usageError(
      `the schema name "${api}" is too long`,
      `The engine is installed beside it as "${name}": keep the name within ${MAX_NAME_BYTES - '_universes'.length} bytes.`,
    )
  return name
}

/** Value of search_path with which every object of an installation is found; pg_temp last, so that nothing temporary shadows them. */
export function searchPath(api: string): string {
  return [engineSchema(api), api].map((name) => pg.escapeIdentifier(name)).join(', ') + ', pg_temp'
}
