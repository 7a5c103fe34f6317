import { warn, type CheckResult } from './finding.js'
import { queryRows, installedNames, type Installation } from './installation.js'

/** 100 pages: smaller tables are scanned sequentially whatever their statistics. */
const SMALL_BYTES = 800 * 1024

const QUERY = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, c.reltuples < 0 AS never, coalesce(s.n_mod_since_analyze, 0)::float8 AS changed,
    greatest(c.reltuples, 0)::float8 AS rows
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_stat_all_tables AS s ON s.relid = c.oid
  CROSS JOIN LATERAL (
    SELECT CASE c.relkind WHEN 'p' THEN (SELECT sum(pg_relation_size(t.relid)) FROM pg_partition_tree(c.oid) AS t WHERE t.isleaf)
      ELSE pg_relation_size(c.oid) END AS bytes
  ) AS b
  WHERE (n.nspname, c.relname) IN (SELECT w.schema, w.name FROM jsonb_to_recordset($1) AS w (schema name, name name))
    AND c.relkind IN ('r', 'p', 'm') AND b.bytes >= $2
    AND (c.reltuples < 0 OR s.n_mod_since_analyze > greatest(c.reltuples, 10000))
  ORDER BY c.relname`

/** Finds tables without planner statistics, or with more changes than rows since the last ANALYZE. */
export async function checkStatistics(installation: Installation): Promise<CheckResult> {
  const stale = await queryRows<{ name: string; never: boolean; changed: number; rows: number }>(
    installation,
    QUERY,
    [
      // Staging tables are empty except during a load, which analyzes them itself.
      JSON.stringify(installedNames(installation).filter(({ name }) => !name.startsWith('staged_'))),
      SMALL_BYTES,
    ],
  )
  const never = stale.filter((table) => table.never).map((table) => table.name)
  const old = stale.filter((table) => !table.never)
  const facts = [
    ...(never.length > 0 ? [`never analyzed: ${never.join(', ')}`] : []),
    ...old.map(
      (t) =>
        `${t.name}: ${t.changed.toLocaleString('en-US')} changes since it was analyzed with ${t.rows.toLocaleString('en-US')} rows`,
    ),
  ]
  if (facts.length === 0) return { summary: 'the planner knows every larger table' }
  const remedy = `ANALYZE ${stale.map(({ name }) => name).join(', ')};`
  return {
    summary: `the planner guesses at ${stale.length} tables`,
    problems: [warn(facts.join('; '), remedy)],
  }
}
