import { Option, type Command } from 'commander'
import { config } from '../../config.js'
import { usageError } from '../../errors.js'
import { logger } from '../../console/logger.js'
import { relayOnce } from '../../relay/once.js'
import { RedisSink } from '../../relay/redis.js'
import { runRelay } from '../../relay/relay.js'
import type { Sink } from '../../relay/sink.js'
import { StdoutSink } from '../../relay/stdout.js'
import { connectOptions, type GlobalOptions } from '../options.js'

/** Options of `universes relay`. */
export interface RelayCommandOptions extends GlobalOptions {
  sink?: 'redis' | 'stdout'
  once?: boolean
  stream?: string
  redisUrl?: string
}

/** `universes relay [--sink redis|stdout] [--once] [--stream NAME] [--redis-url URL]` */
export function register(program: Command): void {
  program
    .command('relay')
    .description('publish the events of the outbox in order and at least once until SIGTERM')
    .addOption(
      new Option('--sink <sink>', 'destination of the events').choices(['redis', 'stdout']).default('redis'),
    )
    .option('--once', 'publish waiting events, then exit')
    .option('--stream <name>', 'also add every event to this Redis Stream with the id <seq>-0')
    .option('--redis-url <url>', 'Redis to use, redis:// or rediss:// (default: REDIS_URL)')
    .action(async (_options: unknown, command: Command) => {
      await relay(command.optsWithGlobals<RelayCommandOptions>())
    })
}

/** Relays until SIGTERM or SIGINT, or once. A second signal ends the process at once. */
export async function relay(options: RelayCommandOptions): Promise<void> {
  const sink = openSink(options)
  const database = connectOptions(options)
  if (options.once) {
    const events = await relayOnce(database, sink)
    logger.info({ events }, 'published what waited')
    return
  }
  const stopping = new AbortController()
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143)
    logger.info(`${signal}: publishing what is left`)
    stopping.abort()
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  try {
    await runRelay({ database, sink, logger, signal: stopping.signal })
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop)
  }
  // Unread output would keep the process alive for ever.
  if (process.stdout.writableLength > 0) process.exit(0)
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

function openSink({ sink, stream, redisUrl }: RelayCommandOptions): Sink {
  if (sink === 'stdout') {
    if (stream !== undefined)
      throw usageError('--stream needs a Redis', 'Leave out --sink stdout, or --stream.')
    return new StdoutSink()
  }
  const url = redisUrl ?? config().redisUrl
  if (url === undefined) {
    throw usageError(
      'no Redis to publish to',
      'Set REDIS_URL or pass --redis-url redis://host:6379, or --sink stdout.',
    )
  }
  return new RedisSink({ url, stream })
}
