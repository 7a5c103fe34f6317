import type { Command } from 'commander'
import { readKeys } from '../../http/security/keys.js'
import type { RunningService, ServeOptions } from '../../http/service.js'
import { config } from '../../config.js'
import { usageError } from '../../errors.js'
import { logger } from '../../console/logger.js'
import { connectOptions, ENVIRONMENT, type GlobalOptions } from '../options.js'

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

/** `universes serve`: exit code 2 for invalid settings, 1 if the port is taken. */
export function register(program: Command): void {
  program
    .command('serve')
    .description('serve the API and the admin page and run the jobs they create until SIGTERM')
    .option('--host <address>', 'address to listen on (default: UNIVERSES_HOST, else 127.0.0.1)')
    .option('--port <port>', 'port to listen on, 0 for a free one (default: UNIVERSES_PORT, else 8080)')
    .addOption(ENVIRONMENT)
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
  UNIVERSES_API_KEYS             API keys, id:scope:sha256, separated by commas (see universes key create)
  UNIVERSES_API_KEYS_FILE        file of API keys, one per line
  UNIVERSES_REQUESTS_PER_MINUTE  rate limit per key, or per address without a key (default: 6000)
  UNIVERSES_TRUST_PROXY          addresses or networks of proxies whose X-Forwarded headers are trusted

Without API keys it listens on this machine only, and every local user has full access.`

/** Serves until SIGTERM or SIGINT, then finishes open requests and the current run. A second signal exits at once. */
export async function serve(options: ServeCommandOptions): Promise<void> {
  const serveOptions = readOptions(options)
  // Imported lazily, so that other commands do not load the HTTP server's packages.
  const { serve: start } = await import('../../http/serve.js')
  const running = await start(serveOptions)
  console.log(greeting(running, serveOptions))
  await signalled()
  await running.close()
  logger.info('service stopped')
}

function readOptions(options: ServeCommandOptions): ServeOptions {
  const { service } = config()
  const { requestsPerMinute, trustProxy } = service
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
      requestsPerMinute === undefined
        ? undefined
        : {
            requestsPerMinute: integer('UNIVERSES_REQUESTS_PER_MINUTE', requestsPerMinute, 1, 1_000_000_000),
          },
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

function integer(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : NaN
  if (value >= min && value <= max) return value
  throw usageError(`${name} is "${text}"`, `Give a whole number from ${min} to ${max}.`)
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
