import { pino } from 'pino'
import { PinoPretty } from 'pino-pretty'
import { config } from '../config.js'

/** Nothing logs these; should a library put a request or its own options into a line, they stay out of it. */
const SECRETS = ['x-api-key', 'authorization', 'cookie', 'password', 'connectionString'].flatMap((name) =>
  ['', '*.', '*.*.', '*.*.*.'].map((depth) =>
    depth === '' ? `["${name}"]` : `${depth.slice(0, -1)}["${name}"]`,
  ),
)

/** Log of long-running commands, on stderr: readable lines on a terminal, JSON elsewhere. */
export const logger = pino(
  { level: config().logLevel, base: null, redact: { paths: SECRETS, censor: '***' } },
  process.stderr.isTTY
    ? PinoPretty({ destination: 2, sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true }),
)
