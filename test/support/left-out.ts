import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../src/package.js'
import { dataDir } from './data.js'
import { find, findChromium, pythonImports } from './program.js'
import { redisProgram } from './redis-server.js'

/** Test files that this machine cannot run, and the Debian packages that bring them back. */
interface Missing {
  what: string
  files: readonly string[]
  packages: readonly string[]
}

/**
 * Returns globs of the test files to skip on this machine; `leftOutLine` names them at the end of the run. In CI a
 * missing program is an error.
 */
export async function suitesToLeaveOut(): Promise<string[]> {
  const missing = await missingSuites()
  const first = missing.find(({ packages }) => packages.length > 0)
  if (process.env['CI'] && first)
    throw new Error(`${first.what} cannot run: apt-get install ${first.packages.join(' ')}`)
  return missing.flatMap(({ files }) => files)
}

/** One line that names what this machine leaves out and the command that runs it, or undefined. */
export async function leftOutLine(): Promise<string | undefined> {
  const missing = await missingSuites()
  const packages = missing.flatMap((suite) => suite.packages)
  const install = packages.length > 0 ? [`apt-get install -y ${packages.join(' ')}`] : []
  const what = missing.map((suite) => suite.what)
  const variables: string[] = []
  if (dataDir() === undefined) {
    what.push('tests of facts of the real market data')
    variables.push('TEST_DATA_DIR=FOLDER ')
  }
  if (what.length === 0) return undefined
  return `left out: ${what.join(', ')}; to run all: ${[...install, `${variables.join('')}npm test`].join(' && ')}`
}

let found: Promise<Missing[]> | undefined

/** Memoized: both functions above call it, and the registry takes seconds to respond. */
function missingSuites(): Promise<Missing[]> {
  return (found ??= findMissing())
}

async function findMissing(): Promise<Missing[]> {
  const missing: Missing[] = []
  if (!findChromium()) missing.push({ what: 'test/page', files: ['test/page/**'], packages: ['chromium'] })
  if (!find('pgbouncer'))
    missing.push({
      what: 'test/database/pgbouncer.test.ts',
      files: ['test/database/pgbouncer.test.ts'],
      packages: ['pgbouncer'],
    })
  const redis = await hasRedis()
  if (!redis) {
    const files = suitesWithRedis()
    missing.push({ what: `${files.length} test files that need Redis`, files, packages: ['redis-server'] })
  }
  if (!find('curl') || !find('psql') || !pythonImports('requests', 'redis') || !redis)
    missing.push({
      what: 'test/docs',
      files: ['test/docs/**'],
      packages: ['curl', 'postgresql-client', 'python3-requests', 'python3-redis'],
    })
  if (!registryAnswers())
    missing.push({
      what: 'test/package (npm cannot reach its registry)',
      files: ['test/package/**'],
      packages: [],
    })
  return missing
}

/** True if npm can resolve packages: looks up a dependency of this package. */
function registryAnswers(): boolean {
  try {
    execFileSync('npm', ['view', 'pg-listen', 'version'], { stdio: 'ignore', timeout: 30_000 })
    return true
  } catch {
    return false
  }
}

async function hasRedis(): Promise<boolean> {
  if (process.env['TEST_REDIS_URL'] || process.env['TEST_CONTAINERS'] === '1') return true
  return (await redisProgram()) !== undefined
}

/** Test files that start a Redis or use the shared one. */
function suitesWithRedis(): string[] {
  return readdirSync(join(packageRoot, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join('test', path))
    .filter((path) => /\b(startRedis|redisUrl)\(/.test(readFileSync(join(packageRoot, path), 'utf8')))
    .sort()
}
