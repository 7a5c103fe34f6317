import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fastify, type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { createKey, hashOf } from '../../src/http/security/keys.js'
import { serve } from '../../src/http/serve.js'
import { packageRoot } from '../../src/package.js'
import type { Load, LoadResult } from './api-client.js'
import type { Bench, Row } from './bench.js'
import { median, ratioLine, short, type Line, type Pairs } from './report.js'
import { wholeMarket } from './whole-market.js'

const MEMBERS = '/api/universes/MARKET_LEADERS/top_500/members'
const CONNECTIONS = 50

/** Requests a second of the read API, against a bare route that sends the same bytes. */
export const apiMembers: Row = {
  name: 'api-members',
  run: async (bench) => {
    const market = await wholeMarket(bench)
    const { url, drop } = await bench.servers.database(market.template)
    const { key } = createKey('bench', 'read')
    const service = await serve({
      database: { url, schema: 'public' },
      environment: 'DEFAULT',
      keys: [{ id: 'bench', scope: 'read', hash: hashOf(key) }],
      host: '127.0.0.1',
      port: 0,
      logger: pino({ level: 'warn' }),
      limits: { requestsPerMinute: Infinity },
    })
    await service.service.cache.loaded()
    const client = fork(join(packageRoot, 'dist-test', 'test', 'bench', 'api-client.js'))
    try {
      return await measure(bench, { client, url: service.url + MEMBERS, headers: { 'x-api-key': key } })
    } finally {
      client.kill()
      await service.close()
      await drop()
    }
  },
}

interface Setting {
  client: ChildProcess
  url: string
  headers: Record<string, string>
}

async function measure(bench: Bench, { client, url, headers }: Setting): Promise<Line[]> {
  const answer = await fetch(url, { headers })
  const body = Buffer.from(await answer.arrayBuffer())
  const known = { ...headers, 'if-none-match': answer.headers.get('etag')! }
  const { app, url: bare } = await bareServer(body)
  const send = (url: string, headers: Record<string, string>, status: number): Promise<Sent> =>
    sendAll(client, { url, headers, connections: CONNECTIONS, seconds: bench.quick ? 2 : 5 }, status)
  const sides = {
    floor: () => send(`${bare}/bytes`, headers, 200),
    ours: () => send(url, headers, 200),
    floor304: () => send(`${bare}/known`, known, 304),
    ours304: () => send(url, known, 304),
  }
  const sent: Record<keyof typeof sides, Sent[]> = { floor: [], ours: [], floor304: [], ours304: [] }
  for (let round = -1; round < (bench.quick ? 3 : 7); round++) {
    for (const [side, run] of Object.entries(sides) as [keyof typeof sides, () => Promise<Sent>][]) {
      const result = await run()
      if (round >= 0) sent[side].push(result)
      bench.log(`${side}: ${short(result.rate)} requests/s, ${Math.round(result.busy * 100)} % of a core`)
    }
  }
  await app.close()
  return lines(sent, body.length)
}

function lines(sent: Record<'floor' | 'ours' | 'floor304' | 'ours304', Sent[]>, bytes: number): Line[] {
  const rates = (side: keyof typeof sent): number[] => sent[side].map(({ rate }) => rate)
  const pairs = (floor: keyof typeof sent, ours: keyof typeof sent): Pairs => ({
    floor: rates(floor),
    ours: rates(ours),
  })
  const busy = (side: keyof typeof sent): string =>
    `${Math.round(median(sent[side].map((each) => each.busy)) * 100)} %`
  const unit = 'requests/s'
  const strict = median(rates('ours304').map((rate, index) => rate / rates('floor304')[index]!))
  return [
    ratioLine(
      'read API: members of a universe of 500',
      pairs('floor', 'ours'),
      { atLeast: 0.7 },
      {
        unit,
        note: `${bytes} bytes, ${CONNECTIONS} connections from another process, with a key; floor: a bare fastify route that sends the same bytes; the server used ${busy('floor')} and ${busy('ours')} of a core`,
      },
    ),
    ratioLine(
      'read API: 304, the members have not changed',
      pairs('floor', 'ours304'),
      { atLeast: 0.9 },
      {
        unit,
        note: `the same floor; against a bare route that answers nothing but 304 (${short(median(rates('floor304')))} requests/s): ${short(strict)} x`,
      },
    ),
  ]
}

/** A server that only sends these bytes, or 304 if the client has them. */
async function bareServer(body: Buffer): Promise<{ app: FastifyInstance; url: string }> {
  const app = fastify()
  app.get('/bytes', (_request, reply) => {
    void reply.type('application/json; charset=utf-8').send(body)
  })
  app.get('/known', (_request, reply) => {
    void reply.code(304).send()
  })
  return { app, url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}

/** Requests a second, and the share of a core that this process, the server, used for them. */
interface Sent {
  rate: number
  busy: number
}

async function sendAll(client: ChildProcess, load: Load, status: number): Promise<Sent> {
  const before = process.cpuUsage()
  client.send(load)
  const [result] = (await once(client, 'message')) as [LoadResult]
  const { user, system } = process.cpuUsage(before)
  const { requests, seconds, statuses, errors } = result
  if (errors > 0 || requests === 0 || Object.keys(statuses).join() !== String(status))
    throw new Error(`${load.url}: ${JSON.stringify(result)}`)
  return { rate: requests / seconds, busy: (user + system) / 1e6 / seconds }
}
