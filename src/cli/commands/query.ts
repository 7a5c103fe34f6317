import type { Command } from 'commander'
import type pg from 'pg'
import { withClient } from '../../database/connect.js'
import { usageError } from '../../errors.js'
import { printJson } from '../../console/text.js'
import { renderAll } from '../../console/query/all.js'
import { describeAll, describeStock, describeUniverse } from '../../operations/query.js'
import { renderStock } from '../../console/query/stock.js'
import { renderUniverse } from '../../console/query/universe.js'
import { connectOptions, ENVIRONMENT, type GlobalOptions } from '../options.js'

interface Options extends GlobalOptions {
  stock?: string
  etf?: string
  sector?: string
  theme?: string
  universe?: string
  type?: string
  stats?: boolean
  asOf?: string
  all?: boolean
  environment: string
  json?: boolean
}

const ASKED = ['stock', 'etf', 'sector', 'theme', 'universe', 'stats'] as const

/** `universes query`: exit code 1 for a name that does not exist, 2 for one that is ambiguous. */
export function register(program: Command): void {
  program
    .command('query')
    .description('show a stock, a universe or totals, now or at a past time')
    .option('--stock <symbol>', 'listing, sector with its source, and memberships with their reasons')
    .option('--etf <ticker>', 'a fund: file, weights, sectors, constituents')
    .option('--sector <name>', 'a sector by name or title')
    .option('--theme <name>', 'a theme by name or title')
    .option('--universe <name>', 'a universe of any type: dow30, mega_cap, top_100, SPY')
    .option('--type <type>', 'with --universe: its type, if several have the name')
    .option('--stats', 'totals per type, extent of history, last runs and loads')
    .option('--as-of <when>', 'a day (its end, UTC), a timestamp, or the id of a run or load')
    .option('--all', 'list all constituents instead of the first 25')
    .addOption(ENVIRONMENT)
    .option('--json', 'print the answer as JSON, with all constituents')
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const question = questionOf(options)
      await withClient({ applicationName: 'universes query', ...connectOptions(options) }, async (client) => {
        const answer = await find(client, question, options)
        if (options.json) printJson(answer.document)
        else console.log(answer.render())
      })
    })
}

/** Subject of the query; `type` narrows universes. */
interface Question {
  about: (typeof ASKED)[number]
  name: string
  type?: string | undefined
}

function questionOf(options: Options): Question {
  const asked = ASKED.filter((option) => options[option] !== undefined)
  const [about] = asked
  if (about === undefined || asked.length > 1) {
    const given = asked.map((option) => `--${option}`).join(' and ')
    const hint = `Give exactly one of ${ASKED.map((option) => `--${option}`).join(', ')}.`
    throw usageError(about === undefined ? 'nothing is asked' : `${given} exclude one another`, hint)
  }
  if (options.type !== undefined && about !== 'universe')
    throw usageError(`--type is for --universe, not for --${about}`, 'Leave it out.')
  if (about === 'stats') return { about, name: '' }
  const name = options[about]?.trim() ?? ''
  if (name === '') throw usageError(`--${about} is empty`, 'Name what you ask about.')
  const type = about === 'universe' ? options.type : about
  return { about, name, type: type?.trim().toUpperCase() }
}

/** Result as a document and as text. */
interface Answer {
  document: unknown
  render(): string
}

async function find(client: pg.Client, { about, name, type }: Question, options: Options): Promise<Answer> {
  const { asOf, environment, all } = options
  if (about === 'stock') {
    const document = await describeStock(client, name, { asOf, environment })
    return { document, render: () => renderStock(document) }
  }
  if (about === 'stats') {
    const document = await describeAll(client, { asOf, environment })
    return { document, render: () => renderAll(document) }
  }
  const document = await describeUniverse(client, name, { type, asOf, environment })
  return { document, render: () => renderUniverse(document, all) }
}
