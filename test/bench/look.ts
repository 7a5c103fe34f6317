import type { Client } from 'pg'
import { interleave, type Row } from './bench.js'
import { peakOf } from './load-memory.js'
import { limitLine, ratioLine, type Line } from './report.js'
import { wholeMarket } from './whole-market.js'

const COMMANDS = [['validate'], ['report', '--detail']]

/** Validation and the detailed report. */
export const look: Row = {
  name: 'look',
  run: async (bench) => {
    const market = await wholeMarket(bench)
    const { client, url, drop } = await bench.servers.database(market.template)
    const name = `validate and report --detail: ${market.name}`
    bench.log(name)
    const tables = await tablesRead(client)
    const counts = tables.map((table) => `(SELECT count(*) FROM ${table})`)
    const pairs = await interleave(
      { run: () => client.query(`SELECT ${counts.join(', ')}`) },
      { run: () => lookAtAll(client) },
      bench.quick ? 5 : 21,
      3,
    )
    bench.log(`memory of ${name}`)
    const lines: Line[] = []
    const nothing = (await peakOf(['--help'], '')) / 1024
    for (const command of COMMANDS) {
      const megabytes = (await peakOf(command, url)) / 1024
      lines.push(
        limitLine(`peak memory of ${command.join(' ')}: ${market.name}`, megabytes, 100, 'MB', {
          note: `resident set of the process; ${nothing.toFixed(0)} MB of it for \`universes --help\``,
        }),
      )
    }
    await drop()
    const note = `both functions, from one client; floor: one statement that counts the rows of ${tables.join(', ')}`
    return [ratioLine(name, pairs, { atMost: 10 }, { note }), ...lines]
  },
}

/** Queries of the two commands. */
async function lookAtAll(client: Client): Promise<void> {
  const checks = await client.query('SELECT * FROM validate_relationships()')
  const report = await client.query(`SELECT relationship_report('DEFAULT', true) AS report`)
  if (checks.rowCount === 0 || report.rows[0] === undefined) throw new Error('nothing was looked at')
}

/** Returns the tables that the two functions read, according to the server's statistics. */
async function tablesRead(client: Client): Promise<string[]> {
  await client.query('BEGIN')
  await lookAtAll(client)
  const { rows } = await client.query<{ relname: string }>(
    `SELECT relname FROM pg_stat_xact_user_tables
     WHERE schemaname = current_schema() AND coalesce(seq_scan, 0) + coalesce(idx_scan, 0) > 0 ORDER BY relname`,
  )
  await client.query('COMMIT')
  return rows.map(({ relname }) => relname)
}
