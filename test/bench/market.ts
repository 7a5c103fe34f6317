import type pg from 'pg'
import type { Servers } from './servers.js'

/** Size of a generated market. */
export interface Size {
  stocks: number
  days: number
}

/**
 * The floor of every refresh: the cheapest query that reads what a plain refresh has to read, the latest close of each
 * stock on the primary key, and ranks by it. Consumed on the server.
 */
export const RANKING_QUERY = `
  SELECT count(*), sum(r.rank)
  FROM (
    SELECT row_number() OVER (ORDER BY c.market_cap DESC, c.symbol COLLATE "C") AS rank
    FROM (
      SELECT s.symbol, (p.close * s.weighted_shares_outstanding)::bigint AS market_cap
      FROM symbols AS s
      CROSS JOIN LATERAL (
        SELECT o.close FROM ohlcv_daily AS o WHERE o.symbol = s.symbol ORDER BY o.date DESC LIMIT 1
      ) AS p
      WHERE s.active AND s.type IN ('CS', 'ADRC')
    ) AS c
  ) AS r`

/** "4,000 stocks, 252 days" */
export function sizeName({ stocks, days }: Size): string {
  return `${stocks.toLocaleString('en-US')} stocks, ${days.toLocaleString('en-US')} days of prices`
}

/** Template with a generated market that has never been refreshed. */
export function freshMarket(servers: Servers, size: Size): Promise<string> {
  return servers.template(`a market of ${sizeName(size)}`, async (client) => {
    await fillMarket(client, size)
    await client.query('DELETE FROM market_changes')
    await client.query('VACUUM (ANALYZE)')
  })
}

/** Fills the input tables of a new database, the same for the same size: stocks, funds with their holdings, prices. */
export async function fillMarket(client: pg.Client, size: Size): Promise<void> {
  await client.query('SELECT setseed(0.4)')
  await client.query(STOCKS, [size.stocks])
  await client.query(FUNDS)
  await client.query(HOLDINGS)
  await addPrices(client, size.days)
}

/** The same market after its first refresh, and after the autovacuum that follows one. */
export async function refreshedMarket(servers: Servers, size: Size): Promise<string> {
  const fill = async (client: pg.Client): Promise<void> => {
    await refresh(client)
    await client.query('VACUUM (ANALYZE)')
  }
  return servers.template(`its first refresh: ${sizeName(size)}`, fill, await freshMarket(servers, size))
}

/** A new price for every stock: market caps move by up to 3 percent, those of one stock in twenty by 6 to 14. */
export async function addTradingDay(client: pg.Client): Promise<void> {
  await client.query(`
    INSERT INTO ohlcv_daily (symbol, date, open, high, low, close, volume)
    SELECT s.symbol, d.date, c.close, c.close, c.close, c.close, 1000000
    FROM symbols AS s
    CROSS JOIN (SELECT max(date) + 1 AS date FROM ohlcv_daily) AS d
    CROSS JOIN LATERAL (
      SELECT CASE
        WHEN random() < 0.05 THEN (0.06 + 0.08 * random()) * sign(random() - 0.5)
        ELSE 0.06 * (random() - 0.5)
      END AS move
      WHERE s.symbol IS NOT NULL
    ) AS m
    CROSS JOIN LATERAL (SELECT s.market_cap * (1 + m.move) / s.weighted_shares_outstanding AS close) AS c
    WHERE s.active AND s.type IN ('CS', 'ADRC')`)
}

/** Runs refresh_universes and fails when the run failed. */
export async function refresh(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ status: string; error: unknown }>(
    'SELECT status, error FROM refresh_universes()',
  )
  if (rows[0]?.status !== 'completed') throw new Error(`refresh failed: ${JSON.stringify(rows[0]?.error)}`)
}

/** Close of a stock around which its prices move: between 5 and 500 dollars. */
const BASE_PRICE = '5 + abs(hashtext(s.symbol)) % 49500 / 100.0'

/** Market caps are log-normal, as real ones are: a median of half a billion dollars, the largest in the trillions. */
const STOCKS = `
  INSERT INTO symbols (symbol, name, type, primary_exchange, active, weighted_shares_outstanding, list_date, sector, sic_code)
  SELECT s.symbol, 'Company ' || n, CASE WHEN n % 15 = 0 THEN 'ADRC' ELSE 'CS' END,
    CASE WHEN n % 5 < 3 THEN 'XNAS' ELSE 'XNYS' END, true,
    exp(20 + 2.2 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())) / (${BASE_PRICE}),
    CURRENT_DATE - (random() * 15000)::integer, v.vendor_sector, x.sic_from::text
  FROM generate_series(1, $1::integer) AS n
  CROSS JOIN LATERAL (SELECT 'Q' || lpad(to_hex(n), 5, '0') AS symbol) AS s0
  CROSS JOIN LATERAL (SELECT upper(s0.symbol) AS symbol) AS s
  JOIN (SELECT row_number() OVER () - 1 AS i, vendor_sector FROM vendor_sectors) AS v
    ON v.i = n % (SELECT count(*) FROM vendor_sectors)
  LEFT JOIN (SELECT row_number() OVER () - 1 AS i, sic_from FROM sic_sectors WHERE sector <> 'unknown') AS x
    ON x.i = n * 7919 % (SELECT count(*) FROM sic_sectors WHERE sector <> 'unknown') AND n % 50 > 0`

/** The eleven sector funds and 23 others. */
const FUNDS = `
  INSERT INTO definition_groups (name, type, metadata)
  SELECT etf, 'ETF', '{"source": "file"}'::jsonb FROM sector_etfs
  UNION ALL
  SELECT 'FUND' || n, 'ETF', '{"source": "file"}' FROM generate_series(1, 23) AS n`

/** 400 of the stocks are divided among the sector funds; every other fund has 600. */
const HOLDINGS = `
  WITH largest AS (
    SELECT s.symbol, row_number() OVER (ORDER BY s.weighted_shares_outstanding DESC, s.symbol) AS n FROM symbols AS s
  ), held AS (
    SELECT g.id AS group_id, l.symbol, 0.1 AS weight
    FROM definition_groups AS g
    JOIN (SELECT etf, row_number() OVER (ORDER BY etf) AS i FROM sector_etfs) AS e ON e.etf = g.name
    JOIN largest AS l ON l.n <= 400 AND l.n % 11 + 1 = e.i
    UNION ALL
    SELECT g.id, l.symbol, 0.1
    FROM definition_groups AS g
    JOIN largest AS l ON l.n BETWEEN g.id * 10 AND g.id * 10 + 599
    WHERE g.name LIKE 'FUND%'
  ), members AS (
    INSERT INTO group_memberships (group_id, symbol, weight) SELECT group_id, symbol, weight FROM held
  )
  INSERT INTO membership_history (group_id, symbol, weight, valid_from)
  SELECT group_id, symbol, weight, now() FROM held`

/** Day by day, as an import leaves them. Triggers and the key are off meanwhile. */
async function addPrices(client: pg.Client, days: number): Promise<void> {
  await client.query('ALTER TABLE ohlcv_daily DISABLE TRIGGER USER, DROP CONSTRAINT ohlcv_daily_pkey')
  await client.query(
    `INSERT INTO ohlcv_daily (symbol, date, open, high, low, close, volume)
     SELECT s.symbol, d.date, d.close, d.close, d.close, d.close, 1000000
     FROM generate_series(1, $1::integer) AS day
     CROSS JOIN (SELECT s.symbol, ${BASE_PRICE} AS price FROM symbols AS s) AS s
     CROSS JOIN LATERAL (
       SELECT CURRENT_DATE - $1::integer + day AS date, round((s.price * (1 + 0.2 * sin(day)))::numeric, 2) AS close
     ) AS d
     ORDER BY day`,
    [days],
  )
  await client.query('ALTER TABLE ohlcv_daily ENABLE TRIGGER USER, ADD PRIMARY KEY (symbol, date)')
}
