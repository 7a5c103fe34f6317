import { fail, warn, type CheckResult, type Problem } from './finding.js'
import { queryRows, type Installation } from './installation.js'

interface PriceIndexes {
  partitioned: boolean
  key: string | null
  date: string | null
  /** Invalid indexes of failed CREATE INDEX CONCURRENTLY. */
  invalid: string[]
}

const QUERY = `
  SELECT c.relkind = 'p' AS partitioned,
    min(x.name) FILTER (WHERE x.valid AND x.whole AND x.uniq AND x.columns = '{date,symbol}') AS key,
    min(x.name) FILTER (WHERE x.valid AND x.whole AND x.first = 'date') AS date,
    coalesce(array_agg(x.name ORDER BY x.name) FILTER (WHERE NOT x.valid), '{}') AS invalid
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (
    SELECT quote_ident(r.relname) AS name, i.indisvalid AS valid, i.indpred IS NULL AS whole, i.indisunique AS uniq,
      (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute AS a
       WHERE a.attrelid = c.oid AND a.attnum = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1])) AS columns,
      (SELECT a.attname FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum = i.indkey[0]) AS first
    FROM pg_index AS i
    JOIN pg_class AS r ON r.oid = i.indexrelid
    WHERE i.indrelid = c.oid
  ) AS x ON true
  WHERE n.nspname = $1 AND c.relname = 'ohlcv_daily'
  GROUP BY c.relkind`

/** Checks the primary key of the price table, and the index by date with which a refresh reads only the latest day. */
export async function checkPriceIndexes(installation: Installation): Promise<CheckResult> {
  const [found] = await queryRows<PriceIndexes>(installation, QUERY, [installation.schema])
  const table = `${installation.quotedSchema}.ohlcv_daily`
  if (found === undefined) {
    return {
      summary: 'there is no table ohlcv_daily',
      problems: [fail(`table ${table} is missing`, 'Restore it from a backup.')],
    }
  }
  // Partitioned tables do not support CREATE INDEX CONCURRENTLY.
  const how = found.partitioned ? '' : 'CONCURRENTLY '
  const problems: Problem[] = []
  if (found.key === null) {
    problems.push(
      fail(
        'ohlcv_daily has no unique index on (symbol, date): loads fail, and the latest close is searched in the whole table',
        `CREATE UNIQUE INDEX ${how}universes_prices_key ON ${table} (symbol, date);`,
      ),
    )
  }
  if (found.date === null) {
    problems.push(
      warn(
        'ohlcv_daily has no index that begins with date: a refresh reads every day of prices instead of the latest',
        `CREATE INDEX ${how}universes_prices_date ON ${table} (date);`,
      ),
    )
  }
  for (const name of found.invalid) {
    problems.push(
      warn(
        `index ${name} is not usable: its creation was not finished`,
        `DROP INDEX ${how}${installation.quotedSchema}.${name};`,
      ),
    )
  }
  const summary =
    problems.length === 0
      ? `(symbol, date) by ${found.key}, date by ${found.date}`
      : problems.map(({ problem }) => problem.split(':')[0]).join('; ')
  return { summary, problems }
}
