import type { Command } from 'commander'
import { readKeys } from '../../http/security/keys.js'
import type { RunningService, ServeOptions } from '../../http/service.js'
import { config } from '../../config.js'
import { usageError } from '../../errors.js'
import { logger } from '../../console/logger.js'
import { connectOptions, type GlobalOptions } from '../options.js'

/** Options of `universes serve`. */
export interface ServeCommandOptions extends GlobalOptions {
  host?: string
  port?: string
  environment: string
  relay?: boolean
  stream?: string
  redisUrl?: string
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** `universes serve`: exit code 2 for settings that make no sense, 1 when the port is taken. */
export function register(program: Command): void {
  program
    .command('serve')
    .description('serve API and admin page, and run the refreshes asked for there, until SIGTERM')
    .option('--host <address>', 'address to listen on (default: UNIVERSES_HOST, else 127.0.0.1)')
    .option('--port <port>', 'port to listen on, 0 for a free one (default: UNIVERSES_PORT, else 8080)')
    .option('--environment <name>', 'environment of the universes', 'DEFAULT')
    .option('--relay', 'publish the events to Redis in the same process')
    .option('--stream <name>', 'with --relay: also add every event to this Redis Stream')
    .option('--redis-url <url>', 'with --relay: Redis to use, redis:// or rediss:// (default: REDIS_URL)')
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      await serve(command.optsWithGlobals<ServeCommandOptions>())
    })
}

const HELP = `
Environment:
  UNIVERSES_API_KEYS             keys that open it: id:scope:sha256, separated by commas (universes key create)
  UNIVERSES_API_KEYS_FILE        file of such keys, one a line
  UNIVERSES_REQUESTS_PER_MINUTE  requests a minute per key, or per address without one (default: 6000)
  UNIVERSES_TRUST_PROXY          addresses or networks of proxies whose X-Forwarded headers are believed

Without a key it listens on this machine only, and everybody there may do everything.`

/** Serves until SIGTERM or SIGINT, then lets requests and the run under way end. A second signal ends the process at once. */
export async function serve(options: ServeCommandOptions): Promise<void> {
  const wanted = readOptions(options)
  // Loaded here, so that no other command waits for the HTTP server's packages.
  const { serve: start } = await import('../../http/serve.js')
  const running = await start(wanted)
  console.log(greeting(running, wanted))
  await signalled()
  await running.close()
  logger.info('service stopped')
}

function readOptions(options: ServeCommandOptions): ServeOptions {
  const { service } = config()
  const { requestsPerMinute: most, trustProxy } = service
  return {
    database: connectOptions(options),
    environment: options.environment,
    keys: readKeys({ keys: service.apiKeys, file: service.apiKeysFile }),
    host: options.host ?? service.host,
    port: integer(
      options.port === undefined ? 'UNIVERSES_PORT' : '--port',
      options.port ?? service.port,
      0,
      65_535,
    ),
    logger,
    relay: readRelay(options),
    trustProxy,
    limits:
      most === undefined
        ? undefined
        : { requestsPerMinute: integer('UNIVERSES_REQUESTS_PER_MINUTE', most, 1, 1_000_000_000) },
  }
}

function readRelay({ relay, stream, redisUrl }: ServeCommandOptions): ServeOptions['relay'] {
  if (!relay) {
    const given = stream === undefined ? (redisUrl === undefined ? undefined : '--redis-url') : '--stream'
    if (given !== undefined) throw usageError(`${given} is for the relay`, 'Add --relay, or leave it out.')
    return undefined
  }
  const url = redisUrl ?? config().redisUrl
  if (url === undefined)
    throw usageError('no Redis to publish to', 'Set REDIS_URL or pass --redis-url redis://host:6379.')
  return { redisUrl: url, stream }
}

function integer(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : NaN
  if (value >= least && value <= most) return value
  throw usageError(`${name} is "${text}"`, `Give a whole number from ${least} to ${most}.`)
}

function greeting({ url }: RunningService, { keys, relay }: ServeOptions): string {
  const known = keys.map(({ id, scope }) => `${id} (${scope})`).join(', ')
  return [
    `listening on ${url}`,
    `admin page   ${url}/admin/historical-data`,
    `API          ${url}/openapi.json`,
    `keys         ${known || 'none: open to everybody on this machine, and to nobody else'}`,
    ...(relay === undefined
      ? []
      : [`relay        in this process${relay.stream ? `, stream ${relay.stream}` : ''}`]),
  ].join('\n')
}

/** Resolves at the first signal. */
async function signalled(): Promise<void> {
  await new Promise<void>((resolve) => {
    let stopping = false
    const stop = (signal: NodeJS.Signals): void => {
      if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143)
      stopping = true
      logger.info(`${signal}: ending what is under way`)
      resolve()
    }
    for (const signal of SIGNALS) process.on(signal, stop)
  })
}
