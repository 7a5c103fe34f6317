import { pino } from 'pino'
import { PinoPretty } from 'pino-pretty'
import { config } from '../config.js'

/** Redacted in case a library logs a request or its own options. */
const SECRETS = ['x-api-key', 'authorization', 'cookie', 'password', 'connectionString'].flatMap((name) =>
  ['', '*.', '*.*.', '*.*.*.'].map((depth) =>
    depth === '' ? `["${name}"]` : `${depth.slice(0, -1)}["${name}"]`,
  ),
)

/** Logger of long-running commands on stderr: readable lines on a terminal, JSON otherwise. */
export const logger = pino(
  { level: config().logLevel, base: null, redact: { paths: SECRETS, censor: '***' } },
  process.stderr.isTTY
    ? PinoPretty({ destination: 2, sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true }),
)
