import type { Command } from 'commander'
import pc from 'picocolors'
import { config } from '../../config.js'
import { withClient } from '../../database/connect.js'
import { startEmbedded } from '../../dev/embedded.js'
import { UniversesError, usageError } from '../../errors.js'
import type { StarterService } from '../../dev/quickstart-serve.js'
import { quickstart } from '../../dev/quickstart.js'
import { RedisSink } from '../../relay/redis.js'
import { SampleSink } from '../../relay/sample.js'
import { formatDuration } from '../../operations/duration.js'
import { renderTable } from '../../console/text.js'

interface Options {
  data?: string
  directory: string
  stay?: boolean
  serve?: boolean
  port?: number
  stream?: string
  open: boolean
}

/** `universes quickstart`: migrates, loads and refreshes an embedded PostgreSQL and shows the result. */
export function register(program: Command): void {
  program
    .command('quickstart')
    .description('install, load and refresh on an embedded PostgreSQL and show the result')
    .option('--data <dir>', 'files to load instead of the starter data')
    .option('--directory <dir>', 'folder of the embedded PostgreSQL', '.universes/postgres')
    .option('--stay', 'keep PostgreSQL running until Ctrl-C')
    .option('--serve', 'serve the API and the admin page on this machine until Ctrl-C')
    .option('--port <port>', 'port of --serve (default: 8080, or a free one when that is taken)', portNumber)
    .option('--stream <name>', 'with REDIS_URL: also add every event to this Redis Stream')
    .option('--no-open', 'with --serve: do not open the page in a browser')
    .action(runQuickstart)
}

async function runQuickstart(options: Options): Promise<void> {
  const started = performance.now()
  const { data, directory, stay = false, serve = false, stream } = options
  const { redisUrl } = config()
  checkOptions(options, redisUrl)
  const server = await startEmbedded({ directory })
  let service: StarterService | undefined
  try {
    const sample = new SampleSink()
    const sink = redisUrl === undefined ? sample : new RedisSink({ url: redisUrl, stream })
    const step = (line: string): void => console.log(`${pc.green('✓')} ${line}`)
    const { rejected } = await quickstart({ url: server.url, data, sink, step })
    console.log(`\n${await renderResult(server.url)}`)
    if (redisUrl === undefined) console.log(`\n${sample.summary()}`)
    const starter = serve ? await import('../../dev/quickstart-serve.js') : undefined
    service = await starter?.startStarterService({ url: server.url, port: options.port, redisUrl, stream })
    const next = service ? serviceAddresses(service.url, server.url) : nextSteps(server.url, stay)
    console.log(`\nDone in ${formatDuration(performance.now() - started)}. ${next}`)
    if (service && options.open && process.stdout.isTTY) starter?.openBrowser(service.url + PAGE)
    if (stay || serve) await interrupted()
    if (rejected.length > 0)
      throw new UniversesError('some files were rejected', { detail: rejected.join('\n') })
  } finally {
    await service?.close()
    await server.stop()
  }
}

const PAGE = '/admin/historical-data'

function checkOptions({ serve, port, stream }: Options, redisUrl: string | undefined): void {
  if (port !== undefined && !serve)
    throw usageError('--port is the port of --serve', 'Add --serve, or leave it out.')
  if (stream !== undefined && redisUrl === undefined)
    throw usageError('--stream needs a Redis', 'Set REDIS_URL, or leave it out.')
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw usageError(`--port: "${text}" is not a port`, 'Give a number from 1 to 65535; 0 takes a free one.')
  return port
}

async function renderResult(url: string): Promise<string> {
  return withClient({ url, schema: 'public' }, async (client) => {
    const { rows: types } = await client.query<{
      type: string
      universes: number
      members: number
      largest: string
    }>('SELECT type, universes, members, largest FROM universe_counts')
    const { rows: leaders } = await client.query<{
      rank: number
      symbol: string
      market_cap: string
      sector: string
    }>(
      "SELECT rank, symbol, market_cap, sector FROM current_members WHERE name = 'top_10_stocks' ORDER BY rank",
    )
    const byType = types.map((row) => [row.type, row.universes, row.members, row.largest])
    const topTen = leaders.map((row) => [
      row.rank,
      row.symbol,
      Math.round(Number(row.market_cap) / 1e9),
      row.sector,
    ])
    return [
      renderTable(['type', 'universes', 'members', 'largest'], byType),
      renderTable(['rank', 'symbol', 'billion $', 'sector'], topTen),
    ].join('\n\n')
  })
}

function nextSteps(url: string, staying: boolean): string {
  if (!staying) return 'To look around: npm run quickstart -- --stay'
  const calls = [
    `psql '${url}' -c "SELECT * FROM universe_symbols('SPY:QQQ:dow30')"`,
    `psql '${url}' -c "SELECT type, name, rank, weight FROM symbol_groups('AAPL')"`,
    `psql '${url}' -c "UPDATE universes.market_cap_bands SET min_market_cap = 150e9 WHERE name = 'mega_cap'"`,
    `npx universes refresh --dry-run --verbose --database-url '${url}'`,
  ]
  return ['PostgreSQL runs until Ctrl-C. In another terminal:', ...calls.map((call) => `  ${call}`)].join(
    '\n',
  )
}

function serviceAddresses(url: string, database: string): string {
  return [
    'The service runs until Ctrl-C, for this machine only and without keys.',
    `  the page      ${url}${PAGE}`,
    `  the API       ${url}/openapi.json`,
    `  PostgreSQL    ${database}`,
    'In another terminal:',
    `  curl '${url}/api/universes/MARKET_LEADERS/top_10_stocks/members'`,
    `  curl '${url}/api/symbols/AAPL'`,
    `  curl -X POST '${url}/api/processing/cache-sync/trigger' -H 'Content-Type: application/json' -d '{"dry_run": true}'`,
  ].join('\n')
}

async function interrupted(): Promise<void> {
  await new Promise<void>((resolve) => {
    const alive = setInterval(() => undefined, 60_000)
    const stop = (): void => {
      clearInterval(alive)
      resolve()
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  })
}
