import { createServer, isIP, type AddressInfo } from 'node:net'
import { config } from '../config.js'
import { connectionConfig } from '../database/tls.js'
import { toUniversesError, UniversesError, usageError } from '../errors.js'
import { isLoopback } from './security/origin.js'
import type { App } from './routes/route.js'
import type { ServeOptions } from './service.js'

type Address = Pick<ServeOptions, 'host' | 'port'>

/** Throws a usage error for settings that make no sense, before anything is begun. */
export function checkSettings({ host, keys, trustProxy, database }: ServeOptions): void {
  // Without keys everybody who reaches the service may do everything: then only this machine may reach it.
  if (keys.length === 0 && !isLoopback(host)) {
    throw usageError(
      `without keys the service listens on this machine only, not on ${host}`,
      'Configure keys in UNIVERSES_API_KEYS (universes key create makes one), or leave out --host.',
    )
  }
  for (const network of trustProxy?.split(',') ?? []) checkNetwork(network.trim())
  connectionConfig(database.url ?? config().databaseUrl)
}

/** Also 0.0.0.0/0 would be one: whoever trusts everybody has to say so. */
function checkNetwork(network: string): void {
  const [address = '', bits = '', ...rest] = network.split('/')
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  const known = rest.length === 0 && (bits === '' ? most > 0 : /^\d{1,3}$/.test(bits) && Number(bits) <= most)
  if (!known && !['loopback', 'linklocal', 'uniquelocal'].includes(network))
    throw usageError(
      `UNIVERSES_TRUST_PROXY: "${network}" is no address and no network`,
      'Name the proxies: 127.0.0.1, 10.0.0.0/8. Separate several by commas.',
    )
}

/** Rejects when nothing can listen there, before anything else is begun. */
export async function checkAddress({ host, port }: Address): Promise<void> {
  const server = createServer()
  await new Promise<void>((free, taken) => {
    server.once('error', (error) => taken(addressError(error, { host, port })))
    server.listen(port, host, () => server.close(() => free()))
  })
}

/** Listens, and returns the base URL. */
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
  EADDRINUSE: 'Stop what listens there, or choose another one with --port.',
  EACCES: 'Ports below 1024 are for the administrator: choose a higher one with --port.',
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
