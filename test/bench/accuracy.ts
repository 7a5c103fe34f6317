import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Papa from 'papaparse'
import type pg from 'pg'
import { marketPaths } from '../support/data.js'
import { loaded } from './holdings.js'
import { refresh } from './market.js'
import { issuerFiles } from './whole-market.js'

/** Measured share of stocks, with the percentage to reach. */
export interface Share {
  what: string
  right: number
  of: number
  percent: number
  /** Omitted for shares that are only printed for comparison. */
  goal?: number
}

/** A SIC code whose range puts stocks into another sector than the reference does. */
export interface WrongCode {
  sic_code: string
  description: string
  /** Sector of the range that the code is in. */
  sector: string
  wrong: number
  of: number
  /** Sector that the reference gives to most of the wrong stocks. */
  should_be: string
}

/** Loads an empty database the way an operator would: the listing, prices, holdings, then issuer files over them. */
export async function loadRealSectors(client: pg.Client, folder: string): Promise<void> {
  const { symbols, prices, etfs } = marketPaths(folder)
  await loaded({ client, kind: 'symbols', paths: symbols })
  await loaded({ client, kind: 'prices', paths: prices })
  await loaded({ client, kind: 'etfs', paths: etfs })
  await loaded({ client, kind: 'etfs', paths: issuerFiles(folder) })
  await refresh(client)
}

/** Reads the GICS sectors of gics_sectors.csv into the temporary table `reference`, which no rule uses. */
export async function readReference(client: pg.Client, folder: string): Promise<void> {
  const text = readFileSync(join(folder, 'gics_sectors.csv'), 'utf8')
  const { data } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true })
  await client.query(
    `CREATE TEMPORARY TABLE reference AS
     SELECT r.symbol, x.name AS sector, r.source
     FROM jsonb_to_recordset($1) AS r (symbol text, gics_sector text, source text)
     LEFT JOIN sectors AS x ON x.title = r.gics_sector`,
    [JSON.stringify(data)],
  )
  const { rows } = await client.query('SELECT symbol FROM reference WHERE sector IS NULL LIMIT 1')
  if (rows.length > 0) throw new Error(`gics_sectors.csv: no GICS sector: ${JSON.stringify(rows[0])}`)
}

/** Shares to measure, each with its goal and the query that counts. */
const SHARES: readonly { what: string; goal?: number; sql: string }[] = [
  {
    what: 'active CS and ADRC in a sector other than unknown',
    goal: 99,
    sql: `
      SELECT count(*) AS of, count(*) FILTER (WHERE EXISTS (
        SELECT FROM current_members AS m WHERE m.type = 'SECTOR' AND m.name <> 'unknown' AND m.symbol = s.symbol)) AS right
      FROM symbols AS s
      WHERE s.active AND s.type IN ('CS', 'ADRC')`,
  },
  {
    what: 'in the right sector, where an issuer file covers the symbol',
    goal: 97,
    sql: `
      SELECT count(*) AS of, count(*) FILTER (WHERE m.name = r.sector) AS right
      FROM reference AS r
      JOIN sector_candidates AS c ON c.symbol = r.symbol AND c.source = 'issuer_file'
      JOIN current_members AS m ON m.type = 'SECTOR' AND m.symbol = r.symbol`,
  },
  {
    what: '... and the reference is no issuer file itself',
    sql: `
      SELECT count(*) AS of, count(*) FILTER (WHERE m.name = r.sector) AS right
      FROM reference AS r
      JOIN sector_candidates AS c ON c.symbol = r.symbol AND c.source = 'issuer_file'
      JOIN current_members AS m ON m.type = 'SECTOR' AND m.symbol = r.symbol
      WHERE r.source = 'sp500'`,
  },
  {
    what: 'in the right sector by SIC ranges alone',
    goal: 80,
    sql: `
      SELECT count(*) AS of, count(*) FILTER (WHERE c.sector = r.sector) AS right
      FROM reference AS r
      JOIN sector_candidates AS c ON c.symbol = r.symbol AND c.source = 'sic'`,
  },
  {
    what: '... of all active stocks of the reference, without a SIC code too',
    goal: 80,
    sql: `
      SELECT count(*) AS of, count(*) FILTER (WHERE c.sector = r.sector) AS right
      FROM reference AS r
      JOIN symbols AS s ON s.symbol = r.symbol AND s.active AND s.type IN ('CS', 'ADRC')
      LEFT JOIN sector_candidates AS c ON c.symbol = r.symbol AND c.source = 'sic'`,
  },
]

/** Compares the sectors in the database with the table `reference`. */
export async function measureShares(client: pg.Client): Promise<Share[]> {
  const shares: Share[] = []
  for (const { sql, ...share } of SHARES) {
    const { rows } = await client.query<{ right: string; of: string }>(sql)
    const [right, of] = [Number(rows[0]!.right), Number(rows[0]!.of)]
    shares.push({ ...share, right, of, percent: (100 * right) / of })
  }
  return shares
}

/** True if the goal is reached or there is none. */
export function isMet({ goal, percent }: Share): boolean {
  return goal === undefined || percent >= goal
}

/** Returns the ten SIC codes with the most stocks in a wrong sector: candidates for splitting a range of sic_sectors. */
export async function worstCodes(client: pg.Client): Promise<WrongCode[]> {
  const { rows } = await client.query<WrongCode>(`
    SELECT s.sic_code, min(s.sic_description) AS description, min(c.sector) AS sector,
      count(*) FILTER (WHERE c.sector <> r.sector)::integer AS wrong, count(*)::integer AS of,
      mode() WITHIN GROUP (ORDER BY r.sector) FILTER (WHERE c.sector <> r.sector) AS should_be
    FROM reference AS r
    JOIN sector_candidates AS c ON c.symbol = r.symbol AND c.source = 'sic'
    JOIN symbols AS s ON s.symbol = r.symbol
    GROUP BY s.sic_code
    HAVING bool_or(c.sector <> r.sector)
    ORDER BY wrong DESC, s.sic_code
    LIMIT 10`)
  return rows
}
