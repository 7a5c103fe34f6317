import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { withClient, type ConnectOptions } from '../database/connect.js'
import { toUniversesError, UniversesError } from '../errors.js'

const DEFAULT_TIMEOUT_MS = 3_600_000
const DEFAULT_POLL_MS = 5_000
/** Upper limit of a Node timer; a longer one fires at once. */
const MAX_SLEEP_MS = 2 ** 31 - 1
/** Limit for one connection attempt. */
const CONNECT_TIMEOUT_MS = 10_000
const QUERY_TIMEOUT_MS = 60_000

/** Result of prices_in(): stocks with a price of the day, and stocks that usually have one. */
export interface PricesIn {
  is_in: boolean
  priced: number
  stocks: number
  /** Stocks required for `is_in`. */
  needed: number
  percent: number
  /** Previous day with prices, YYYY-MM-DD; null if there is none. */
  last_day: string | null
}

/** Options of waitForPrices(). */
export interface WaitForPricesOptions extends ConnectOptions {
  /** A trading day, YYYY-MM-DD. */
  day: string
  /** One hour if omitted; 0 checks once. */
  timeoutMs?: number | undefined
  /** Interval between checks; 5 seconds if omitted. */
  pollMs?: number | undefined
  /** Aborts the wait: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Receives the result of every check, or its error while the connection is lost. */
  onLook?: ((answer: PricesIn | UniversesError) => void) | undefined
}

/**
 * Resolves as soon as the prices of a day are in. Rejects on timeout with the number of missing prices, with UV002 (exit
 * code 2) for a day that will never have prices, and at once if the first check fails. Later connection failures are
 * retried.
 */
export async function waitForPrices(options: WaitForPricesOptions): Promise<PricesIn> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, pollMs = DEFAULT_POLL_MS, signal } = options
  const deadline = Date.now() + timeoutMs
  let answer: PricesIn | UniversesError | undefined
  for (;;) {
    signal?.throwIfAborted()
    answer = await check(options, answer !== undefined)
    options.onLook?.(answer)
    if (!(answer instanceof UniversesError) && answer.is_in) return answer
    const left = deadline - Date.now()
    if (left <= 0) throw notIn(options.day, answer, timeoutMs)
    await sleep(Math.min(pollMs, left, MAX_SLEEP_MS), undefined, signal && { signal }).catch(() => undefined)
  }
}

/** Checks on a connection of its own, so that none has to survive an hour. */
async function check(options: WaitForPricesOptions, isRetry: boolean): Promise<PricesIn | UniversesError> {
  const { url, schema, day } = options
  const connection = {
    url,
    schema,
    applicationName: 'universes wait for prices',
    timeoutMs: CONNECT_TIMEOUT_MS,
  }
  try {
    return await withClient(connection, (client) => queryPrices(client, day))
  } catch (thrown) {
    if (!isRetry || !isTransient(thrown)) throw thrown
    return toUniversesError(thrown)
  }
}

async function queryPrices(client: pg.Client, day: string): Promise<PricesIn> {
  const query = {
    text: `SELECT p.is_in, p.priced::float8, p.stocks::float8, p.needed::float8, p.percent::float8, p.last_day::text
           FROM prices_in(assert_price_day($1)) AS p`,
    values: [day],
    query_timeout: QUERY_TIMEOUT_MS,
  }
  const { rows } = await client.query<PricesIn>(query)
  return rows[0]!
}

/** True if the server is unreachable, starting, stopping or out of resources; other errors would repeat. */
function isTransient(thrown: unknown): boolean {
  const cause = thrown instanceof UniversesError && thrown.cause !== undefined ? thrown.cause : thrown
  if (cause instanceof pg.DatabaseError) return /^(08|53|57P)/.test(cause.code ?? '')
  return toUniversesError(thrown).exitCode !== 2
}

/** `12 of 5,567 stocks have one, 90 percent needed` */
export function describePrices({ priced, stocks, percent }: PricesIn): string {
  const number = (value: number): string => value.toLocaleString('en-US')
  if (stocks === 0) return 'symbols lists no active stock'
  return `${number(priced)} of ${number(stocks)} stocks have one, ${number(percent)} percent needed`
}

function notIn(day: string, answer: PricesIn | UniversesError, timeoutMs: number): UniversesError {
  const waited = `Waited ${(timeoutMs / 1000).toLocaleString('en-US')} seconds.`
  if (answer instanceof UniversesError) {
    return new UniversesError(`whether the prices of ${day} are in is not known: ${answer.message}`, {
      cause: answer,
      detail: waited,
      hint: answer.hint,
    })
  }
  return new UniversesError(`prices of ${day} are not in: ${describePrices(answer)}`, {
    detail: `${waited} ${answer.last_day ? `The last day before with prices is ${answer.last_day}.` : 'No day before has prices.'}`,
    hint: 'See whether the import has run, or whether that day was a holiday. universes refresh without --wait-for-prices takes the prices there are; settings.prices_in_percent says how many are needed.',
  })
}
