import { createServer, type AddressInfo } from 'node:net'
import { config } from '../config.js'
import { connectionConfig } from '../database/tls.js'
import { toUniversesError, UniversesError, usageError } from '../errors.js'
import { isLoopback, isNetwork } from './security/addresses.js'
import type { App } from './routes/route.js'
import type { ServeOptions } from './service.js'

type Address = Pick<ServeOptions, 'host' | 'port'>

/** Throws a usage error for invalid settings, before anything is started. */
export function checkSettings({ host, keys, trustProxy, database }: ServeOptions): void {
  // Without keys every client has all rights, so only this machine may connect.
  if (keys.length === 0 && !isLoopback(host)) {
    throw usageError(
      `without keys the service listens on this machine only, not on ${host}`,
      'Configure keys in UNIVERSES_API_KEYS (universes key create prints one), or leave out --host.',
    )
  }
  for (const network of trustProxy?.split(',') ?? []) checkNetwork(network.trim())
  connectionConfig(database.url ?? config().databaseUrl)
}

function checkNetwork(network: string): void {
  if (!isNetwork(network))
    throw usageError(
      `UNIVERSES_TRUST_PROXY: "${network}" is neither an address nor a network`,
      'List the proxies, separated by commas: 127.0.0.1, 10.0.0.0/8.',
    )
}

/** Rejects if the address cannot be listened on, before anything else is started. */
export async function checkAddress({ host, port }: Address): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(addressError(error, { host, port })))
    server.listen(port, host, () => server.close(() => resolve()))
  })
}

/** Starts to listen and returns the base URL. */
export async function listen(app: App, { host, port }: Address): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    throw addressError(error, { host, port })
  }
  const address = app.server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Stop the program that listens there, or choose another port with --port.',
  EACCES: 'Ports below 1024 need administrator rights: choose a higher one with --port.',
  EADDRNOTAVAIL: 'Choose an address of this machine with --host.',
  ENOTFOUND: 'Choose an address of this machine with --host.',
}

function addressError(error: unknown, { host, port }: Address): UniversesError {
  const { code = '', message } = toUniversesError(error)
  const what =
    code === 'EADDRINUSE'
      ? `port ${port} of ${host} is taken`
      : `cannot listen on ${host}, port ${port}: ${message}`
  return new UniversesError(what, { hint: REMEDIES[code], cause: error })
}
