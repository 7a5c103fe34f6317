import pg from 'pg'
import { config } from '../config.js'
import type { ConnectOptions } from '../database/connect.js'
import { connectionConfig, tlsRemedy } from '../database/tls.js'
import { toUniversesError, type UniversesError } from '../errors.js'
import { fail, toFinding, warn, type CheckResult, type Finding } from './finding.js'
import { queryRows, type Installation } from './installation.js'

/** Reports role, database and server, and warns about an unencrypted connection to another machine. */
export async function checkConnection(installation: Installation): Promise<CheckResult> {
  const [row] = await queryRows<{
    server: string | null
    port: number
    client: string
    tls: string | null
    offered: boolean
  }>(
    installation,
    `SELECT host(inet_server_addr()) AS server, inet_server_port() AS port, host(inet_client_addr()) AS client,
       current_setting('ssl')::boolean AS offered,
       (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) AS tls`,
  )
  const { server, port, client, tls, offered } = row!
  const local = server === null || server === client || /^(127\.|::1$)/.test(server)
  const place =
    server === null ? 'a local socket' : `${server.includes(':') ? `[${server}]` : server}:${port}`
  const safety = tls ?? (local ? 'not encrypted, same machine' : 'not encrypted')
  const summary = `role ${installation.role} in database ${installation.database} at ${place}, ${safety}`
  if (tls !== null || local) return { summary }
  const preparation = offered
    ? ''
    : ' The server has TLS switched off: give it server.crt and server.key, then ALTER SYSTEM SET ssl = on; SELECT pg_reload_conf();'
  return {
    summary,
    problems: [
      warn(
        'the connection crosses the network without TLS: whoever listens can read and change what is loaded',
        `Append ?sslmode=verify-full to DATABASE_URL.${preparation}`,
      ),
    ],
  }
}

/** Finding for a server that cannot be reached: with the address, never the password. */
export function unreachable(options: ConnectOptions, thrown: unknown): Finding {
  const target = address(options.url)
  const cause = rootCause(thrown)
  const { code, message, hint } = cause
  const where = target
    ? `${target.user} in ${target.database} at ${target.host}:${target.port}`
    : 'PostgreSQL'
  return toFinding('connection', {
    summary: `cannot connect as ${where}`.replace('as PostgreSQL', 'to PostgreSQL'),
    problems: [fail(message, tlsRemedy(cause) ?? (target ? remedy(code, target) : (hint ?? SET_URL)))],
  })
}

const SET_URL = 'export DATABASE_URL=postgres://user@host:5432/database'

interface Address {
  user: string
  host: string
  port: number
  database: string
}

/** Returns the address that the driver would use; undefined for an invalid URL. */
function address(url = config().databaseUrl): Address | undefined {
  try {
    const { user, host, port, database } = new pg.Client(connectionConfig(url))
    return { user: user ?? '', host, port, database: database ?? user ?? '' }
  } catch {
    return undefined
  }
}

function rootCause(thrown: unknown): UniversesError {
  const outer = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown
  return toUniversesError(outer instanceof AggregateError ? outer.errors[0] : outer)
}

function remedy(code: string | undefined, { user, host, port, database }: Address): string {
  const at = `-h ${host} -p ${port}`
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `Correct the host name: ${SET_URL}`
    case '28P01':
    case '28000':
      return `Find the account and password that work: psql ${at} -U ${user} -d ${database}\n${SET_URL.replace('user@', 'user:password@')}`
    case '3D000':
      return `createdb ${at} -U ${user} ${database}`
    default:
      return `pg_isready ${at} says whether a server answers there; start it, or correct the address: ${SET_URL}`
  }
}
