import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import { parse } from 'pg-connection-string'
import { toUniversesError, usageError, type UniversesError } from '../errors.js'

/** Values of sslmode, with the meaning that PostgreSQL's own programs give them. */
const MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const
type Mode = (typeof MODES)[number]

/** Parameters that are read here and removed from the URL: pg 8 gives them other meanings than libpq. */
const TLS_PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat']

/** Other parameters that a URL may have. Any other is refused: a misspelt sslmode must not be ignored. */
const OTHER_PARAMETERS = (
  'host port user password db encoding application_name fallback_application_name client_encoding options ' +
  'connect_timeout query_timeout statement_timeout lock_timeout idle_in_transaction_session_timeout ' +
  'keepalives keepalives_idle keepalives_interval keepalives_count tcp_user_timeout'
).split(' ')

const MODE_HINT =
  'verify-full checks certificate and name of the server, verify-ca its certificate, require encrypts without a check, ' +
  'disable does not encrypt. prefer and allow may end without encryption: say which it is to be.'

/**
 * Returns the options of every connection that the package opens, for a connection string or, without one, the PG* variables.
 * sslmode (else PGSSLMODE) has libpq's meaning, and never falls back to no encryption: prefer, allow and parameters that are not
 * known are usage errors, before anything is sent. TLS does not apply to a local socket.
 */
export function connectionConfig(
  url: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): pg.ClientConfig {
  const params = url === undefined ? new URLSearchParams() : readParameters(url)
  const connectionString = url === undefined ? undefined : withoutTls(url)
  const address = connectionString === undefined ? {} : { connectionString }
  const local = hostOf(address).startsWith('/')
  const mode = modeOf(params, env)
  if (mode === undefined && params.has('sslrootcert'))
    throw usageError('the PostgreSQL URL has sslrootcert and no sslmode', 'Add sslmode=verify-full.')
  if (mode === undefined || mode === 'disable' || local) return { ...address, ssl: false }
  const file = (name: string): string | undefined =>
    params.get(name) ?? (env[`PG${name.toUpperCase()}`] || undefined)
  return { ...address, ssl: tlsOptions(mode, file) }
}

function readParameters(url: string): URLSearchParams {
  if (!/^(postgres(ql)?:\/\/|socket:|\/)/i.test(url)) throw invalidUrl()
  if (url.includes('#'))
    throw usageError(
      'the PostgreSQL URL contains "#", which would end it',
      'Write %23, in a password too, or remove it.',
    )
  const params = new URLSearchParams(queryOf(url))
  for (const name of params.keys()) {
    if (params.getAll(name).length > 1)
      throw usageError(`the PostgreSQL URL has the parameter ${name} twice`, 'Remove one of them.')
    if (!TLS_PARAMETERS.includes(name) && !OTHER_PARAMETERS.includes(name))
      throw usageError(
        `the PostgreSQL URL has the parameter ${name}, which is not known here`,
        'Correct or remove it. TLS is asked for by sslmode=verify-full.',
      )
  }
  return params
}

function queryOf(url: string): string {
  const start = url.indexOf('?')
  return start < 0 ? '' : url.slice(start + 1)
}

/** Removes the TLS parameters from the URL and leaves the rest of its text as it is. */
function withoutTls(url: string): string {
  const [base = ''] = url.split('?', 1)
  const kept = queryOf(url)
    .split('&')
    .filter((pair) => pair !== '' && !TLS_PARAMETERS.includes([...new URLSearchParams(pair).keys()][0] ?? ''))
  return kept.length === 0 ? base : `${base}?${kept.join('&')}`
}

function modeOf(params: URLSearchParams, env: NodeJS.ProcessEnv): Mode | undefined {
  const stated = params.get('sslmode') ?? (env['PGSSLMODE'] || undefined)
  if (stated === undefined) return undefined
  const mode = MODES.find((known) => known === stated)
  if (mode) return mode
  const source = params.has('sslmode') ? 'sslmode' : 'PGSSLMODE'
  throw usageError(`${source} is "${stated}", which is not one of ${MODES.join(', ')}`, MODE_HINT)
}

/** Returns the host, or folder of the socket, that the driver would use; it knows the defaults. */
function hostOf(address: pg.ClientConfig): string {
  try {
    return new pg.Client({ ...address, ssl: true }).host
  } catch {
    throw invalidUrl()
  }
}

function invalidUrl(): UniversesError {
  return usageError(
    'the PostgreSQL URL is not valid',
    'Write postgres://user:password@host:5432/database, special characters as %40 and the like.',
  )
}

function tlsOptions(mode: Mode, file: (name: string) => string | undefined): ConnectionOptions {
  const root = file('sslrootcert')
  if (root === 'system' && mode !== 'verify-full')
    throw usageError(
      `sslrootcert=system with sslmode=${mode} would trust any server with a public certificate`,
      'Write sslmode=verify-full.',
    )
  const parsed = parseTls({
    // The library, like libpq, takes verify-ca only with a file; here NODE_EXTRA_CA_CERTS may name the authority.
    sslmode: mode === 'verify-ca' ? 'verify-full' : mode,
    sslrootcert: root === 'system' ? undefined : root,
    sslcert: file('sslcert'),
    sslkey: file('sslkey'),
  })
  // Stated, so that NODE_TLS_REJECT_UNAUTHORIZED does not decide.
  const options = { rejectUnauthorized: true, ...parsed }
  return mode === 'verify-ca' ? { ...options, checkServerIdentity: () => undefined } : options
}

function parseTls(parameters: Readonly<Record<string, string | undefined>>): ConnectionOptions {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value)
  try {
    return parse(`postgres://?${query.toString()}`, { useLibpqCompat: true }).ssl as ConnectionOptions
  } catch (thrown) {
    throw usageError(
      `sslrootcert, sslcert or sslkey: ${toUniversesError(thrown).message}`,
      'Give the path of a PEM file that this account may read.',
    )
  }
}

/** Codes of Node's errors for a certificate that it does not trust. */
const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS_CERT|ERR_SSL/

/** Returns the remedy when TLS, or the lack of it, made a connection fail; undefined for any other failure. */
export function tlsRemedy(thrown: unknown): string | undefined {
  const { code = '', message } = toUniversesError(thrown)
  if (message.includes('does not support SSL'))
    return 'The server has TLS switched off: switch it on (ssl = on), or write sslmode=disable where nobody can listen.'
  if (code === '28000' && message.includes('no encryption'))
    return 'The server may want TLS: append ?sslmode=verify-full to the URL.'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'Connect by a name that the certificate of the server states, or write sslmode=verify-ca.'
  if (UNTRUSTED.test(code))
    return 'Name the authority that signed the certificate of the server: sslrootcert=/path/of/ca.pem in the URL.'
  return undefined
}
