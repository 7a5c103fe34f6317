import { pino } from 'pino'
import { PinoPretty } from 'pino-pretty'
import { config } from './config.js'

/** Log of long-running commands, on stderr: readable lines on a terminal, JSON elsewhere. */
export const logger = pino(
  { level: config().logLevel, base: null },
  process.stderr.isTTY
    ? PinoPretty({ destination: 2, sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true }),
)
