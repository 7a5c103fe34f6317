import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { dataDir } from '../support/data.js'
import type { ServiceProcess } from './service-process.js'
import { issuerFiles } from './whole-market.js'

/** Requests other than reads. */
export interface Written {
  refreshes: number
  loads: number
  previews: number
  /** Members that the loads added, removed and updated. */
  changes: number
  /** Refreshes and loads refused because another one was running. */
  busy: number
  /** Unexpected responses. */
  failures: string[]
}

/** A file to upload with its form fields. */
export interface Upload {
  name: string
  content: Buffer
  fields: Record<string, string>
}

const PRICES_EVERY_MS = 1_000
const REFRESH_EVERY_MS = 2_000
const LOAD_EVERY_MS = 1_500

/** Changes prices, requests refreshes and uploads files at different intervals until `signal` aborts. */
export async function write(
  service: ServiceProcess,
  client: Client,
  uploads: Generator<Upload, never>,
  signal: AbortSignal,
): Promise<Written> {
  const written: Written = { refreshes: 0, loads: 0, previews: 0, changes: 0, busy: 0, failures: [] }
  await Promise.all([
    repeat(PRICES_EVERY_MS, signal, (turn) => movePrices(client, turn)),
    repeat(REFRESH_EVERY_MS, signal, async () => {
      const answer = await send(service, '/api/processing/cache-sync/trigger', { body: '{}', type: 'application/json' })
      count(written, answer, 202, 'refreshes')
    }),
    repeat(LOAD_EVERY_MS, signal, async () => {
      const upload = uploads.next().value
      const answer = await send(service, '/api/loads', { body: formOf(upload) })
      const preview = upload.fields['dry_run'] !== undefined
      count(written, answer, 200, preview ? 'previews' : 'loads')
      if (answer.status === 200 && !preview)
        written.changes += (JSON.parse(answer.text) as { total_changes: number }).total_changes
    }),
  ])
  return written
} // prettier-ignore

async function repeat(every: number, signal: AbortSignal, work: (turn: number) => Promise<void>): Promise<void> {
  for (let turn = 0; !signal.aborted; turn += 1) {
    await work(turn)
    await sleep(every, undefined, { signal }).catch(() => undefined)
  }
} // prettier-ignore

/** Moves one stock in 128 by more than the threshold of 5 percent, up and down alternately. */
async function movePrices(client: Client, turn: number): Promise<void> {
  await client.query(
    `UPDATE ohlcv_daily AS o SET close = o.close * $2
     WHERE o.date = (SELECT max(date) FROM ohlcv_daily) AND (hashtext(o.symbol) & 127) = $1`,
    [Math.floor(turn / 2) % 128, turn % 2 === 0 ? 1.08 : 1 / 1.08],
  )
}

interface Answer {
  status: number
  text: string
}

async function send(
  { url, headers }: ServiceProcess,
  path: string,
  { body, type }: { body: string | FormData; type?: string },
): Promise<Answer> {
  const init = { method: 'POST', body, headers: { ...headers, ...(type ? { 'content-type': type } : {}) } }
  try {
    const response = await fetch(url + path, init)
    return { status: response.status, text: await response.text() }
  } catch (thrown) {
    return { status: 0, text: String(thrown) }
  }
}

function count(
  written: Written,
  { status, text }: Answer,
  good: number,
  what: 'refreshes' | 'loads' | 'previews',
): void {
  if (status === good) written[what] += 1
  else if (status === 409) written.busy += 1
  else written.failures.push(`${what}: ${status} ${text.slice(0, 200)}`)
}

/** Yields uploads endlessly: a fund and a list, each alternating between two sets of members, and previews of issuer files. */
export function* uploads(): Generator<Upload, never> {
  const lines = holdings()
  const edition = (part: number): Buffer =>
    Buffer.from([lines[0], ...lines.slice(1).filter((_line, row) => row % 20 !== part), ''].join('\n'))
  const symbols = (part: number): Buffer => Buffer.from(edition(part).toString().replaceAll(/,.*/g, ''))
  const data = dataDir()
  const previews = data === undefined ? [] : issuerFiles(data)
  for (let turn = 0; ; turn += 1) {
    const part = turn % 2
    yield { name: 'qqq_holdings.csv', content: edition(part), fields: {} }
    yield { name: 'bench_list.csv', content: symbols(part), fields: { kind: 'universes' } }
    const path = previews[turn % previews.length]
    if (path !== undefined)
      yield { name: basename(path), content: readFileSync(path), fields: { dry_run: 'true', mode: 'full' } }
  }
}

function holdings(): string[] {
  const data = dataDir()
  if (data !== undefined)
    return readFileSync(join(data, 'holdings', 'qqq_holdings.csv'), 'utf8').trimEnd().split('\n')
  const rows = Array.from({ length: 100 }, (_, row) => `Q${(row + 1).toString(16).toUpperCase().padStart(5, '0')},0.9`)
  return ['symbol,weight', ...rows]
} // prettier-ignore

function formOf({ name, content, fields }: Upload): FormData {
  const body = new FormData()
  body.append('files', new Blob([new Uint8Array(content)]), name)
  for (const [field, value] of Object.entries(fields)) body.append(field, value)
  return body
}
