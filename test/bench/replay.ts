import type { Client, QueryResultRow } from 'pg'
import { readRules, type Market, type Rules } from '../refresh/model.js'
import { happenInModel, tradingDay, type TradingDay } from '../refresh/price-path.js'
import { numbers } from '../support/random.js'
import { recompute } from '../refresh/recompute.js'
import { comparePast, happenInDatabase, readStoredMarket, type Query } from '../refresh/stored-market.js'
import { actAsAutovacuum } from './autovacuum.js'
import { time, type Bench, type Row } from './bench.js'
import { RANKING_QUERY, refreshedMarket, sizeName } from './market.js'
import { limitLine, median, ratioLine, short, type Line, type Pairs } from './report.js'

const SEED = 250

/** A trading year of daily refreshes over a generated price path, and whether its history is true afterwards. */
export const replay: Row = {
  name: 'replay',
  run: async (bench) => {
    const size = { stocks: bench.quick ? 1_000 : 4_000, days: bench.quick ? 60 : 252 }
    const days = bench.quick ? 20 : 250
    const { client, drop } = await bench.servers.database(await refreshedMarket(bench.servers, size))
    const query = queryOn(client)
    const before = await readStoredMarket(query)
    const rules = await readRules({ query })
    bench.log(`replay: ${days} days of ${sizeName(size)}`)
    const { pairs, moments } = await play(client, structuredClone(before), rules, days)
    bench.log(`replay: comparing every day with its recomputation`)
    const facts = await compare(bench, query, before, rules, moments)
    await drop()
    return lines(`replay, ${days} daily refreshes: ${sizeName(size)}`, pairs, facts)
  },
}

interface Facts {
  days: number
  memberships: number
  differences: number
}

/** The end of a run, and the date on which it took place. */
interface Moment {
  at: string
  today: string
}

function lines(what: string, { floor, ours }: Pairs, { days, memberships, differences }: Facts): Line[] {
  const sum = (times: number[]): number => times.reduce((total, one) => total + one, 0)
  const ratios = ours.map((taken, day) => taken / floor[day]!)
  const day = `median of the days ${short(median(ratios))} x (${short(Math.min(...ratios))} to ${short(Math.max(...ratios))})`
  return [
    ratioLine(
      what,
      { floor: [sum(floor)], ours: [sum(ours)] },
      { atMost: 3 },
      {
        note: `sums; ${day}; between two days, not timed: the prices and what autovacuum does in a night`,
      },
    ),
    limitLine(`${what}; memberships that history has wrong`, differences, 1, 'memberships', {
      note: `of ${memberships.toLocaleString('en-US')} that members_as_of gives for ${days} days and all universes, against a recomputation`,
    }),
  ]
}

/** Measures the floor and the refresh of every day. */
async function play(
  client: Client,
  market: Market,
  rules: Rules,
  days: number,
): Promise<{ pairs: Pairs; moments: Moment[] }> {
  const query = queryOn(client)
  const pairs: Pairs = { floor: [], ours: [] }
  const moments = [await endOf(client)]
  for (const day of path(market, rules, days)) {
    await happenInDatabase(query, day)
    await actAsAutovacuum(client)
    pairs.floor.push(await time(() => client.query(RANKING_QUERY)))
    pairs.ours.push(await time(() => refreshAll(client)))
    moments.push(await endOf(client))
  }
  return { pairs, moments }
}

/** Goes through the same days again, in the model only, and asks history about each. Fails on any difference. */
async function compare(
  { log }: Bench,
  query: Query,
  market: Market,
  rules: Rules,
  moments: readonly Moment[],
): Promise<Facts> {
  const facts: Facts = { days: 0, memberships: 0, differences: 0 }
  const ask = async ({ at, today }: Moment): Promise<void> => {
    const { universes } = recompute(market, { ...rules, today })
    const { memberships, differences } = await comparePast(query, at, universes)
    facts.days += 1
    facts.memberships += memberships
    facts.differences += differences.length
    for (const difference of differences.slice(0, 10)) log(difference)
  }
  // Nothing is taken over from the first refresh: without market caps, the first recomputation finds its own.
  for (const listing of market.symbols.values()) listing.cap = null
  await ask(moments[0]!)
  const days = path(market, rules, moments.length - 1)
  for (const moment of moments.slice(1)) {
    days.next()
    await ask(moment)
  }
  log(`${facts.days} days, ${facts.memberships} memberships compared, ${facts.differences} differences`)
  if (facts.differences > 0) throw new Error(`history is wrong about ${facts.differences} memberships`)
  return facts
}

/** The days that follow on `market`, each of them after it has happened there. */
function* path(market: Market, rules: Rules, days: number): Generator<TradingDay> {
  const random = numbers(SEED)
  for (let day = 1; day <= days; day++) {
    const date = new Date(Date.parse(rules.today) + day * 86_400_000).toISOString().slice(0, 10)
    const happens = tradingDay(market, date, rules.today, random)
    happenInModel(market, happens)
    yield happens
  }
}

/** A refresh that neither failed nor held anything back. */
async function refreshAll(client: Client): Promise<void> {
  const { rows } = await client.query<{ status: string; held: string }>(
    `SELECT status, jsonb_path_query_array(changes, '$[*] ? (@.held == true)')::text AS held FROM refresh_universes()`,
  )
  if (rows[0]?.status !== 'completed' || rows[0].held !== '[]') {
    throw new Error(`refresh ${rows[0]?.status}, held back: ${rows[0]?.held}`)
  }
}

async function endOf(client: Client): Promise<Moment> {
  const { rows } = await client.query<Moment>(
    `SELECT finished_at::text AS at, started_at::date::text AS today FROM sync_runs ORDER BY started_at DESC LIMIT 1`,
  )
  return rows[0]!
}

function queryOn(client: Client): Query {
  return async <Found extends QueryResultRow>(sql: string, params: readonly unknown[] = []) =>
    (await client.query<Found>(sql, [...params])).rows
}
