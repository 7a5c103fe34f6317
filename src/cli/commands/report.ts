import { extname } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { Option, type Command } from 'commander'
import { withClient } from '../../database/connect.js'
import { usageError } from '../../errors.js'
import { renderReport } from '../../console/report/console.js'
import { readReport, type RelationshipReport } from '../../operations/report.js'
import { renderMarkdown } from '../../console/report/markdown.js'
import { outputPath, writeWhole } from '../../operations/output.js'
import { formatCounted } from '../../console/format.js'
import { connectOptions, ENVIRONMENT, type GlobalOptions } from '../options.js'

/** Renderers by format; none ends with a line feed. */
const FORMATS = {
  console: renderReport,
  markdown: (report: RelationshipReport) => renderMarkdown(report).trimEnd(),
  json: (report: RelationshipReport) => JSON.stringify(report, null, 2),
} as const
type Format = keyof typeof FORMATS

const FORMAT_BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.json': 'json',
}

interface Options extends GlobalOptions {
  summary?: boolean
  detail?: boolean
  format?: Format
  json?: boolean
  output?: string
  environment: string
}

/** `universes report`: exit code 0 also with findings; `universes validate` fails on them. */
export function register(program: Command): void {
  program
    .command('report')
    .description('show sectors, coverage, integrity, universes, alerts, runs and loads')
    .option('--summary', 'totals and distributions (default)')
    .option('--detail', 'also every universe and the ten heaviest holdings of every fund')
    .addOption(
      new Option(
        '--format <format>',
        'default: by the extension of --output (.md, .json), else console',
      ).choices(Object.keys(FORMATS)),
    )
    .option('--json', 'same as --format json')
    .option('--output <file>', 'write it to a file, atomically')
    .addOption(ENVIRONMENT)
    .action(async (_options: unknown, command: Command) => {
      await reportCommand(command.optsWithGlobals<Options>())
    })
}

async function reportCommand(options: Options): Promise<void> {
  checkOptions(options)
  const path = options.output === undefined ? undefined : outputPath(options.output)
  const format = formatOf(options)
  const report = await withClient(
    { applicationName: 'universes report', ...connectOptions(options) },
    (client) => readReport(client, { environment: options.environment, detail: options.detail ?? false }),
  )
  const content = FORMATS[format](report)
  if (path === undefined) return console.log(content)
  const text = `${stripVTControlCharacters(content)}\n`
  writeWhole(path, text)
  const size = formatCounted(Buffer.byteLength(text), 'byte')
  console.log(`wrote ${path}: ${options.detail ? 'detailed report' : 'summary'} as ${format}, ${size}`)
}

function checkOptions({ summary, detail, format, json, environment }: Options): void {
  if (summary && detail) throw usageError('--summary and --detail exclude one another', 'Give one of them.')
  if (json && format !== undefined && format !== 'json')
    throw usageError(`--json and --format ${format} exclude one another`, 'Give one of them.')
  if (environment.trim() === '') throw usageError('--environment is empty', 'Name one, or omit the option.')
}

function formatOf({ format, json, output }: Options): Format {
  if (json) return 'json'
  return format ?? FORMAT_BY_EXTENSION[extname(output ?? '').toLowerCase()] ?? 'console'
}
