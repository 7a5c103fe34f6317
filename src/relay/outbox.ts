import pg from 'pg'
import { connect, type ConnectOptions } from '../database/connect.js'
import { SQLSTATE, UniversesError } from '../errors.js'
import type { RelayEvent } from './sink.js'

/** A query that takes longer counts as lost with its connection. */
const QUERY_TIMEOUT_MS = 60_000
const TEXT_ARRAY = 1009

/** The outbox as the relay uses it, over one connection, which also holds the lock of the active relay. */
export class Outbox {
  readonly #client: pg.Client
  readonly #types = { getTypeParser: cachedChannels() }
  #locked = false

  private constructor(client: pg.Client) {
    this.#client = client
  }

  /** Connects. The caller closes the outbox. */
  static async open(options: ConnectOptions): Promise<Outbox> {
    return new Outbox(await connect({ ...options, applicationName: 'universes relay' }))
  }

  /** Takes the lock of the active relay. Returns false while another session holds it; once taken, no query is sent. */
  async lock(): Promise<boolean> {
    this.#locked ||= (await this.#call('lock_relay', 'SELECT lock_relay()', []))[0]?.[0] === true
    return this.#locked
  }

  /** The oldest waiting events above `after`, in order. */
  async claim(limit: number, after: string): Promise<RelayEvent[]> {
    const text = 'SELECT seq, event, channels, message FROM next_events($1, $2)'
    const rows = await this.#call('next_events', text, [limit, after])
    return (rows as [string, string, string[], string][]).map(([seq, event, channels, message]) => ({
      seq,
      event,
      channels,
      message,
    }))
  }

  /** Marks these events as published. */
  async mark(events: readonly RelayEvent[]): Promise<void> {
    const seqs = `{${events.map(({ seq }) => seq).join(',')}}`
    await this.#call('mark_events_published', 'SELECT mark_events_published($1)', [seqs])
  }

  /** Returns the number of waiting events. */
  async waiting(): Promise<number> {
    return Number(
      (await this.#call('unpublished_events', 'SELECT events FROM unpublished_events', []))[0]?.[0],
    )
  }

  /** Closes the connection, which releases the lock; a running query fails. */
  async close(): Promise<void> {
    await this.#client.end()
  }

  async #call(name: string, text: string, values: unknown[]): Promise<unknown[][]> {
    const query = {
      name,
      text,
      values,
      rowMode: 'array' as const,
      types: this.#types,
      query_timeout: QUERY_TIMEOUT_MS,
    }
    try {
      return (await this.#client.query<unknown[]>(query)).rows
    } catch (cause) {
      throw isMissing(cause) ? notInstalled(cause) : cause
    }
  }
}

/** Caches the parsed lists of channels: there are few, and each event has one. */
function cachedChannels(): typeof pg.types.getTypeParser {
  const known = new Map<string, unknown>()
  const parserOf = pg.types.getTypeParser as (oid: number, format?: string) => (text: string) => unknown
  const parse = (text: string): unknown => {
    const channels = known.get(text) ?? parserOf(TEXT_ARRAY)(text)
    if (known.size < 1_000) known.set(text, channels)
    return channels
  }
  return ((oid: number, format?: string) =>
    oid === TEXT_ARRAY ? parse : parserOf(oid, format)) as typeof parserOf
}

function isMissing(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '42883' || error.code === '42P01')
}

function notInstalled(cause: unknown): UniversesError {
  return new UniversesError('the outbox is not installed in this schema', {
    code: SQLSTATE.notFound,
    hint: 'Run universes migrate up, or name the right schema with --schema.',
    cause,
  })
}
