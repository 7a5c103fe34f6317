import type { Client } from 'pg'
import { interleave, type Bench, type Row } from './bench.js'
import { ratioLine, type Line } from './report.js'

const MEMBERS = 500

/** Members of a universe on a past day, against its members of today. */
export const asOf: Row = {
  name: 'as-of',
  run: async (bench) => {
    const rows = bench.quick ? 100_000 : 1_000_000
    return [
      await measure(bench, { rows, universes: bench.quick ? 20 : 200 }),
      await measure(bench, { rows, universes: 1 }),
    ]
  },
}

interface History {
  rows: number
  universes: number
}

async function measure({ servers, quick, log }: Bench, history: History): Promise<Line> {
  const rows = history.rows.toLocaleString('en-US')
  const spread = history.universes === 1 ? 'all of them its own' : `of ${history.universes} universes`
  const name = `members_as_of a universe of ${MEMBERS}, ${rows} rows of history, ${spread}`
  const { client, drop } = await servers.database()
  log(`preparing ${name}`)
  await fill(client, history)
  log(name)
  const middle = await middleOf(client, history)
  let round = 0
  // Another universe each time: which of them the cache holds is not up to the reader.
  const universe = (): string => `U${(round++ % history.universes) + 1}`
  const read = async (sql: string, values: unknown[]): Promise<void> => {
    const { rows } = await client.query(sql, values)
    if (rows.length !== MEMBERS) throw new Error(`${rows.length} members: ${sql}`)
  }
  let of = universe()
  const pairs = await interleave(
    { before: () => Promise.resolve((of = universe())), run: () => read(CURRENT, [of]) },
    { run: () => read('SELECT * FROM members_as_of($1, $2, $3)', [of, 'UNIVERSE', middle]) },
    quick ? 20 : 200,
    10,
  )
  await drop()
  const note =
    'the middle of its history; floor: the same columns of its current members, from group_memberships'
  return ratioLine(name, pairs, { atMost: 4 }, { note })
}

/** The same columns, with any number in place of the market cap, which group_memberships does not have. */
const CURRENT = `
  SELECT m.symbol, m.weight, 1000000000000 + m.id AS market_cap, m.metadata, m.added_at AS valid_from
  FROM group_memberships AS m
  WHERE m.group_id = find_group($1, 'UNIVERSE', 'DEFAULT')
  ORDER BY m.symbol COLLATE "C"`

/**
 * History as six years of loads leave it. Each of the 500 places of a universe is held by one of two stocks in turn,
 * with another weight in every stretch, and the stretches of the places end on 30 different days. A row lies where the
 * load that closed it wrote it, beside those of other universes, and the open ones lie at the end.
 */
async function fill(client: Client, { rows, universes }: History): Promise<void> {
  await client.query(
    `INSERT INTO definition_groups (name, type, metadata)
     SELECT 'U' || n, 'UNIVERSE', '{"source": "file"}' FROM generate_series(1, $1::integer) AS n`,
    [universes],
  )
  await client.query(
    `INSERT INTO membership_history (group_id, symbol, weight, market_cap, metadata, valid_from, valid_to, opened_by, closed_by, close_reason)
     SELECT g.id, 'S' || place || CASE stretch / 2 % 2 WHEN 0 THEN 'A' ELSE 'B' END, 0.1 + 0.0001 * (stretch % 1000), 1e12,
       jsonb_build_object('line', place + 1), s.opened, s.closed, md5(s.opened::text)::uuid,
       md5(s.closed::text)::uuid, CASE WHEN s.closed IS NOT NULL THEN 'reweighted' END
     FROM generate_series(0, $1::integer - 1) AS stretch
     CROSS JOIN generate_series(0, $2::integer - 1) AS place
     CROSS JOIN definition_groups AS g
     CROSS JOIN LATERAL (
       SELECT timestamptz '2020-01-01 22:00+00' + interval '52560 hours' * (stretch + place % 30 / 30.0) / $1 AS opened,
         timestamptz '2020-01-01 22:00+00' + interval '52560 hours' * (stretch + 1 + place % 30 / 30.0) / $1 AS next
     ) AS o
     CROSS JOIN LATERAL (
       SELECT o.opened, CASE WHEN stretch < $1::integer - 1 THEN o.next END AS closed
     ) AS s
     ORDER BY s.closed NULLS LAST, g.id, place`,
    [rows / universes / MEMBERS, MEMBERS],
  )
  await client.query(
    `INSERT INTO group_memberships (group_id, symbol, weight, metadata, added_at)
     SELECT group_id, symbol, weight, metadata, valid_from FROM membership_history WHERE valid_to IS NULL
     ORDER BY group_id, symbol`,
  )
  await client.query('VACUUM (ANALYZE)')
}

/** A moment that is as far from the first row as from the last. */
async function middleOf(client: Client, { rows }: History): Promise<string> {
  const { rows: found } = await client.query<{ middle: string; rows: string }>(
    `SELECT (min(valid_from) + (max(valid_from) - min(valid_from)) / 2)::text AS middle, count(*) AS rows
     FROM membership_history`,
  )
  if (Number(found[0]?.rows) !== rows) throw new Error(`${found[0]?.rows} rows of history instead of ${rows}`)
  return found[0]!.middle
}
