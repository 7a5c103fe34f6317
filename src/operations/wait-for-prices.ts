import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { withClient, type ConnectOptions } from '../database/connect.js'
import { toUniversesError, UniversesError } from '../errors.js'

const DEFAULT_TIMEOUT_MS = 3_600_000
const DEFAULT_POLL_MS = 5_000
/** A timer of Node that is set for longer rings at once. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1
/** A server that does not answer within this time is looked for again. */
const CONNECT_TIMEOUT_MS = 10_000
const QUERY_TIMEOUT_MS = 60_000

/** The answer of prices_in(): how many stocks have a price of that day, of how many that usually have one. */
export interface PricesIn {
  is_in: boolean
  priced: number
  stocks: number
  /** How many of them are enough. */
  needed: number
  percent: number
  /** The last day before with prices, YYYY-MM-DD; null when there is none. */
  last_day: string | null
}

/** What to wait for, and for how long. */
export interface WaitForPricesOptions extends ConnectOptions {
  /** A trading day, YYYY-MM-DD. */
  day: string
  /** An hour when left out; 0 looks once. */
  timeoutMs?: number | undefined
  /** Time from one look to the next; 5 seconds when left out. */
  pollMs?: number | undefined
  /** Ends the waiting: the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  /** Receives every answer, and why there was none when the connection is lost. */
  onLook?: ((answer: PricesIn | UniversesError) => void) | undefined
}

/**
 * Resolves when the prices of a day are in: at once when they are already. Rejects when they are not within the time, saying how
 * many are missing; with UV002 (exit code 2) for a day that will never have prices; and at once when the first look fails.
 * A connection lost later is waited for.
 */
export async function waitForPrices(options: WaitForPricesOptions): Promise<PricesIn> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, pollMs = DEFAULT_POLL_MS, signal } = options
  const deadline = Date.now() + timeoutMs
  let answer: PricesIn | UniversesError | undefined
  for (;;) {
    signal?.throwIfAborted()
    answer = await look(options, answer !== undefined)
    options.onLook?.(answer)
    if (!(answer instanceof UniversesError) && answer.is_in) return answer
    const left = deadline - Date.now()
    if (left <= 0) throw notIn(options.day, answer, timeoutMs)
    await sleep(Math.min(pollMs, left, LONGEST_SLEEP_MS), undefined, signal && { signal }).catch(
      () => undefined,
    )
  }
}

/** Looks on a connection of its own: none has to live through the hour. */
async function look(options: WaitForPricesOptions, again: boolean): Promise<PricesIn | UniversesError> {
  const { url, schema, day } = options
  const connection = {
    url,
    schema,
    applicationName: 'universes wait for prices',
    timeoutMs: CONNECT_TIMEOUT_MS,
  }
  try {
    return await withClient(connection, (client) => ask(client, day))
  } catch (thrown) {
    if (!again || !mayPass(thrown)) throw thrown
    return toUniversesError(thrown)
  }
}

async function ask(client: pg.Client, day: string): Promise<PricesIn> {
  const query = {
    text: `SELECT p.is_in, p.priced::float8, p.stocks::float8, p.needed::float8, p.percent::float8, p.last_day::text
           FROM prices_in(assert_price_day($1)) AS p`,
    values: [day],
    query_timeout: QUERY_TIMEOUT_MS,
  }
  const { rows } = await client.query<PricesIn>(query)
  return rows[0]!
}

/** The server is away, starts, stops or is full; anything else that it answers will be answered again. */
function mayPass(thrown: unknown): boolean {
  const cause = thrown instanceof UniversesError && thrown.cause !== undefined ? thrown.cause : thrown
  if (cause instanceof pg.DatabaseError) return /^(08|53|57P)/.test(cause.code ?? '')
  return toUniversesError(thrown).exitCode !== 2
}

/** Numbers for people: "12 of 5,567 stocks have one, 90 percent needed". */
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
